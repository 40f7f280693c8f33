/**
 * libtrd: the kernels of Tuned Reverse Distillation on memory the caller owns. Plain C, no LibTorch.
 *
 * Rules of every function that returns trd_status:
 *  - inputs and outputs are caller-owned, dense, row-major, on exec's device, and are not kept after the return;
 *  - nothing is allocated that the caller can see, nothing is freed, no device is synchronised;
 *  - arguments are validated before anything is written: a call that fails with TRD_ERROR_ARGUMENT or
 *    TRD_ERROR_UNSUPPORTED has changed no output;
 *  - on CUDA the work is queued on exec->stream, which may be capturing a graph; TRD_OK means that it was queued;
 *  - the text of the last failure in this thread is trd_last_error(), never null; its CUDA error is
 *    trd_last_error_code().
 * Shapes: n images, c channels, h rows, w columns, size = the square input size S. Sizes are elements, not bytes.
 */
#ifndef TRD_H
#define TRD_H

#include <stdint.h>

#if defined(_WIN32)
#define TRD_API __declspec(dllexport)
#else
#define TRD_API __attribute__((visibility("default")))
#endif

#ifdef __cplusplus
extern "C" {
#endif

/** Raised whenever a signature or a meaning in this file changes; checked by the Java runtime at load. */
#define TRD_ABI_VERSION 9

typedef int32_t trd_status;
enum {
    TRD_OK = 0,
    TRD_ERROR_ARGUMENT = 1,    /* null, size <= 0, size too large, overlap, workspace too small, not finite */
    TRD_ERROR_UNSUPPORTED = 2, /* this build or this machine has no such backend */
    TRD_ERROR_CUDA = 3,        /* the CUDA runtime refused; the text and trd_last_error_code() hold its reason */
    TRD_ERROR_INTERNAL = 4,    /* a fault of libtrd */
    TRD_ERROR_INPUT = 5 /* the part itself cannot be used; the text continues a sentence that began with the part */
};

enum { TRD_BACKEND_CPU = 0, TRD_BACKEND_CUDA = 1 };

/** Where an op runs. Caller-owned, read once per call. CPU: device and stream are ignored. */
typedef struct trd_exec {
    int32_t backend; /* TRD_BACKEND_* */
    int32_t device;  /* CUDA device index */
    void* stream;    /* cudaStream_t; null = the default stream */
} trd_exec;

/** TRD_ABI_VERSION of the loaded library. */
TRD_API int32_t trd_abi_version(void);

/** One line: version, backends, instruction set, compiler, flags. Static text. */
TRD_API const char* trd_describe(void);

/**
 * Threads that the calling thread's later calls may use, 1 to 1024: here and in every library on the same OpenMP
 * runtime (oneDNN, LibTorch). Costs nanoseconds. Until it is called: OpenMP's own default.
 * Errors: ARGUMENT.
 */
TRD_API trd_status trd_set_threads(int32_t threads);

/**
 * Whether the calling thread does its later calls' work alone (1) or with the others (0, the default): here and in
 * every library on the same OpenMP runtime. What was divided for n threads stays divided for n, and one does all parts:
 * the results have the same bits. For a busy machine, where waiting for the others costs more than they bring. Costs
 * nanoseconds.
 * Errors: ARGUMENT.
 */
TRD_API trd_status trd_set_alone(int32_t alone);

/** Text of this thread's last failure, "" when there was none. Valid until this thread's next failing call. */
TRD_API const char* trd_last_error(void);

/** The cudaError_t of this thread's last failure; 0 when there was none, or when the CUDA runtime did not fail. */
TRD_API int32_t trd_last_error_code(void);

/**
 * Types of features. bfloat16 is the upper half of a float32; float16 is IEEE's, on CUDA only. Both are widened
 * exactly.
 */
enum { TRD_FLOAT32 = 0, TRD_BFLOAT16 = 1, TRD_FLOAT16 = 2 };

/** The findings of trd_cuda_probe. Versions as the CUDA runtime counts them: 13000 is 13.0. */
typedef struct trd_cuda_device {
    int32_t devices;         /* how many the driver shows */
    int32_t driver_version;  /* newest CUDA that the driver supports; 0 = there is no driver */
    int32_t runtime_version; /* of the CUDA runtime inside this library */
    int32_t major, minor;    /* compute capability */
    int32_t multiprocessors;
    int64_t memory_bytes;
    int64_t shared_bytes; /* most shared memory of one block */
    char name[256];
} trd_cuda_device;

/**
 * Asks for a CUDA device. Needs no other library than the driver; may be called on machines without one.
 * info  filled as far as the questions were answered: driver_version also where no device can be used
 * Errors: ARGUMENT (null, device negative), UNSUPPORTED (built without CUDA), CUDA (no driver, too old a driver, no
 * such device; the text holds the runtime's reason).
 */
TRD_API trd_status trd_cuda_probe(int32_t device, trd_cuda_device* info);

/**
 * Blend and cosine distance per pixel: g = w_decoder decoder + w_amplifier amplifier,
 * distance = 1 - <g,t> / (max(|g|, 1e-8) max(|t|, 1e-8)), t = teacher (SPEC sections 2 and 4). g is never written.
 * type                         of the three features; TRD_FLOAT16 on CUDA only
 * decoder, amplifier, teacher  [n, pixels, c] (channels-last); amplifier may be null: g = w_decoder decoder
 * w_decoder, w_amplifier       finite
 * distance                     float32 [n, pixels], in [0, 2] up to rounding; overlaps no input
 * Errors: ARGUMENT (null, type unknown, weight not finite, size <= 0, overlap), UNSUPPORTED (no such backend), CUDA.
 */
TRD_API trd_status trd_fuse_cosine(const trd_exec* exec, int32_t type, const void* decoder, float w_decoder,
                                   const void* amplifier, float w_amplifier, const void* teacher, float* distance,
                                   int64_t n, int64_t pixels, int64_t c);

/**
 * One branch's raw map: map = sum over the three scales of the bilinear (align_corners) upsampling of distance_i
 * to size x size (SPEC section 4, before calibration and blur).
 * distance_i  float32 [n, side_i, side_i]; side_i <= size
 * map         float32 [n, size, size]; overlaps no input
 * Errors: ARGUMENT (null, size <= 0, side > size, overlap), UNSUPPORTED, CUDA.
 */
TRD_API trd_status trd_branch_map(const trd_exec* exec, const float* distance_1, int64_t side_1,
                                  const float* distance_2, int64_t side_2, const float* distance_3, int64_t side_3,
                                  float* map, int64_t n, int64_t size);

/** Calibration of both branches: mean and population standard deviation of all pixels of the validation maps. */
typedef struct trd_calibration {
    double mean_rgb, std_rgb;     /* std > 0 */
    double mean_depth, std_depth; /* std > 0 */
} trd_calibration;

/** One branch's distances at the three scales: float32 [n, side_i, side_i]. */
typedef struct trd_distances {
    const float* scale_1;
    const float* scale_2;
    const float* scale_3;
} trd_distances;

/**
 * Bytes of the operators that trd_anomaly_map needs for these sizes (51 KiB at size 256 with sides 64, 32, 16);
 * 0 when a size <= 0, a side > size, or size too large.
 */
TRD_API int64_t trd_anomaly_map_operators_bytes(int64_t size, int64_t side_1, int64_t side_2, int64_t side_3);

/**
 * Computes the operators of trd_anomaly_map, upsampling and blur as banded matrices. Once, at set-up: they depend on
 * the sizes only, trd_anomaly_map only reads them, and any number of threads may share them.
 * The CPU computes them for both backends: CUDA takes a copy in its memory.
 * operators  trd_anomaly_map_operators_bytes(...) bytes, 64-byte aligned
 * Errors: ARGUMENT (null, size or side out of range, operators small or misaligned), UNSUPPORTED (exec is not the CPU).
 */
TRD_API trd_status trd_anomaly_map_prepare(const trd_exec* exec, void* operators, int64_t operators_bytes, int64_t size,
                                           int64_t side_1, int64_t side_2, int64_t side_3);

/**
 * Calibrated, blurred anomaly maps and their scores (SPEC section 4):
 *   map_m = blur((sum over the scales of upsample(distance_m,i) - mean_m) / std_m), map = map_rgb + map_depth,
 *   score = maximum of the map over the pixels that count,
 * upsample: as trd_branch_map; blur: Gaussian, sigma 4 px, radius 16, half-sample symmetric border.
 * rgb, depth               distances [n, side_i, side_i]; side_i <= size
 * mask                     uint8 [size, size] or null: a pixel where it is 0 does not count for the scores, of all
 *                          n images; the maps are written everywhere
 * operators                of trd_anomaly_map_prepare for these sizes; overlap no output. On CUDA it is a device copy,
 *                          whose sizes are not checked
 * map, map_rgb, map_depth  float32 [n, size, size]; overlap nothing
 * scores                   float32 [n, 3]: map, map_rgb, map_depth. NaN when a pixel that counts is NaN, as are all to
 *                          which a NaN distance contributes, and some around them; -infinity when no pixel counts
 * Errors: ARGUMENT (null, size <= 0, overlap, std not > 0, mean or std not finite, operators of other sizes, small or
 * misaligned), UNSUPPORTED, CUDA.
 */
TRD_API trd_status trd_anomaly_map(const trd_exec* exec, const trd_distances* rgb, const trd_distances* depth,
                                   int64_t side_1, int64_t side_2, int64_t side_3, const trd_calibration* calibration,
                                   const uint8_t* mask, const void* operators, int64_t operators_bytes, float* map,
                                   float* map_rgb, float* map_depth, float* scores, int64_t n, int64_t size);

/*
 * A part's raw memory in the layouts that all else reads (SPEC section 5). On the CPU, by the calling thread alone; the
 * same bits whatever its instruction set.
 *   width, height  1 to 2^20 each, together at most 2^30 pixels
 *   row_stride     bytes from one row to the next, at least a row's own; what lies between the rows is not read
 * What is read may start at any address. The result is dense and overlaps nothing.
 * Errors of all: ARGUMENT (null, a value unknown or out of range, stride too small, overlap, result misaligned),
 * UNSUPPORTED (CUDA).
 */

/** Samples of a pixel in the order of their bytes. The fourth one is left out; grey is red, green and blue alike. */
enum { TRD_RGB8 = 0, TRD_BGR8 = 1, TRD_GRAY8 = 2, TRD_RGBA8 = 3, TRD_BGRA8 = 4 };

/**
 * Colour image of any layout to RGB8.
 * image  uint8 [height, width, samples of the layout]
 * rgb    uint8 [height, width, 3]: red, green, blue
 */
TRD_API trd_status trd_convert_colour(const trd_exec* exec, const uint8_t* image, int64_t width, int64_t height,
                                      int64_t row_stride, int32_t layout, uint8_t* rgb);

/** Types of depth: uint16 and IEEE's float32, in the machine's byte order. */
enum { TRD_DEPTH_UINT16 = 0, TRD_DEPTH_FLOAT32 = 1 };

/**
 * Depth image of a pinhole camera to points: z = depth metres_per_unit, x = ((u - cx) / fx) z, y = ((v - cy) / fy) z at
 * column u and row v. Both quotients are computed in double and rounded to float32, all products in float32. So a depth
 * of 0 has x = y = z = 0, and what is not a number stays so: such points are missing. A negative depth stays negative.
 * depth            uint16 or float32 [height, width]
 * metres_per_unit  positive, finite
 * fx, fy           focal lengths, pixels; positive, finite
 * cx, cy           principal point, pixels; 0 is the middle of the first column or row; finite
 * xyz              float32 [height, width, 3]: x, y, z in metres
 */
TRD_API trd_status trd_convert_depth(const trd_exec* exec, const void* depth, int32_t type, int64_t width,
                                     int64_t height, int64_t row_stride, float metres_per_unit, double fx, double fy,
                                     double cx, double cy, float* xyz);

/**
 * Points of another convention to x, y, z in metres: of each point the channels in their order and with their signs,
 * times metres_per_unit in double, rounded to float32. Where the channel that holds z equals a value of missing, all
 * three are 0; a NaN equals none.
 * points           float32 [height, width, 3], or planar [3, height, width] with the same stride throughout
 * x, y, z          1, 2 or 3, each once: the channel that holds the coordinate; negative where it holds the negative
 * planar           1: all of the first channel comes first; 0: the channels of a point lie beside each other
 * metres_per_unit  positive, finite
 * missing          float32 [missing_count], values in the points' own unit; may be null for 0 of them; up to 2^20
 * xyz              float32 [height, width, 3]
 */
TRD_API trd_status trd_convert_points(const trd_exec* exec, const float* points, int64_t width, int64_t height,
                                      int64_t row_stride, int32_t x, int32_t y, int32_t z, int32_t planar,
                                      double metres_per_unit, const float* missing, int64_t missing_count, float* xyz);

/*
 * Data preparation (SPEC section 5): from what the sensors gave to the network's inputs.
 *
 * Each of the four ops has a workspace, trd_prepare_<op>_workspace_bytes(...) bytes, 64-byte aligned.
 * trd_prepare_<op>_plan writes the tables that depend on the sizes (and scales) only into it; any number of calls with
 * the same sizes may follow. One call at a time uses a workspace, which belongs to it until the return, on CUDA until
 * its work is done.
 *   width, height  of the image or the organised point cloud: 1 to 2^20 each, together at most 2^30 pixels
 *   row_stride     bytes from one row to the next, at least a row's own; what lies between the rows is not read
 *   size           S, 1 to 4096
 *   out            type [size, size, 3] (channels-last), normalised with ImageNet's mean and standard deviation; all
 *                  finite
 *   type           TRD_FLOAT32, TRD_BFLOAT16, or on CUDA TRD_FLOAT16; out is aligned to its element
 *   fault          CUDA only, ignored on the CPU, where it may be null: one int32, overlaps nothing, that becomes
 *                  TRD_OK or TRD_ERROR_INPUT when the stream comes so far, in place of the status INPUT for a part
 *                  without foreground, which a queued call cannot have; out is then all zero. Every call writes it
 * CUDA: trd_prepare_<op>_plan runs on the CPU for both backends; the workspace is a device copy of what it wrote, and
 * is not checked to be planned for these sizes. All pointers are the device's. One launch for rgb, two for depth and
 * normals, three for metric. The result does not depend on the number of threads, and has the same bits on both
 * backends. Errors of all: ARGUMENT (null, a size out of range, stride too small, overlap, misaligned, workspace too
 * small or planned for other sizes), UNSUPPORTED, CUDA.
 */

/** Bytes of scratch and tables for trd_prepare_rgb; 0 when a size is out of range. */
TRD_API int64_t trd_prepare_rgb_workspace_bytes(int64_t width, int64_t height, int64_t size);

TRD_API trd_status trd_prepare_rgb_plan(const trd_exec* exec, int64_t width, int64_t height, int64_t size,
                                        void* workspace, int64_t workspace_bytes);

/**
 * Colour image: resized as Pillow's BILINEAR does (antialiasing, fixed point, columns first), exact to the bit, then
 * (v / 255 - mean) / deviation.
 * image  uint8 [height, width, 3]: red, green, blue
 */
TRD_API trd_status trd_prepare_rgb(const trd_exec* exec, const uint8_t* image, int64_t width, int64_t height,
                                   int64_t row_stride, void* out, int32_t type, int64_t size, void* workspace,
                                   int64_t workspace_bytes);

/** Bytes of scratch and tables for trd_prepare_depth; 0 when a size is out of range. */
TRD_API int64_t trd_prepare_depth_workspace_bytes(int64_t width, int64_t height, int64_t size);

TRD_API trd_status trd_prepare_depth_plan(const trd_exec* exec, int64_t width, int64_t height, int64_t size,
                                          void* workspace, int64_t workspace_bytes);

/**
 * Depth image: nearest resize, background plane through three corners, 3 x closing, z scaled to [0.1, 0.9], two fills,
 * one value in all three channels. Beyond the specification, so that every result is finite:
 *  - a point with a coordinate that is not finite or beyond 1e6 m is missing, as is one with z = 0;
 *  - three corners that span no plane (missing, in one line): every valid point is foreground; one corner without a
 *    valid point counts as the origin;
 *  - where all foreground has the same z, it gets the low end of the range.
 * xyz   float32 [height, width, 3]: x, y, z in metres; row_stride is a multiple of 4
 * mask  uint8 [size, size], 1 = foreground after the closing; may be null
 * Errors: also INPUT (no foreground, size below 3): out is then unchanged, mask and workspace are undefined.
 */
TRD_API trd_status trd_prepare_depth(const trd_exec* exec, const float* xyz, int64_t width, int64_t height,
                                     int64_t row_stride, void* out, int32_t type, int64_t size, uint8_t* mask,
                                     void* workspace, int64_t workspace_bytes, int32_t* fault);

/** Bytes of scratch and tables for trd_prepare_normals; 0 when a size or the kernel is out of range. */
TRD_API int64_t trd_prepare_normals_workspace_bytes(int64_t width, int64_t height, int64_t size, int32_t kernel);

TRD_API trd_status trd_prepare_normals_plan(const trd_exec* exec, int64_t width, int64_t height, int64_t size,
                                            int32_t kernel, void* workspace, int64_t workspace_bytes);

/**
 * Surface normals: the depth image as above at the cloud's own size, scaled to [0, 1] (so the smallest z counts as
 * missing), Sobel derivatives, n = (-dx, -dy, 1) / (length + 1e-8), (n + 1) / 2, times the mask, resized bilinearly
 * without antialiasing (half-pixel centres).
 * kernel  aperture of the derivatives, odd, 1 to 31 (1: no smoothing)
 * mask    uint8 [height, width], 1 = foreground after the closing; may be null
 * Errors: also INPUT (no foreground, fewer than 3 x 3 points): out is then unchanged, mask and workspace are undefined.
 */
TRD_API trd_status trd_prepare_normals(const trd_exec* exec, const float* xyz, int64_t width, int64_t height,
                                       int64_t row_stride, void* out, int32_t type, int64_t size, int32_t kernel,
                                       uint8_t* mask, void* workspace, int64_t workspace_bytes, int32_t* fault);

/** Bytes of scratch and tables for trd_prepare_metric; 0 when a size is out of range. */
TRD_API int64_t trd_prepare_metric_workspace_bytes(int64_t width, int64_t height, int64_t size);

/**
 * smooth, relief  deviations of the Gaussians, pixels of the output: 0 < smooth <= relief <= 170
 * slope_gain      slope in the image of a height that changes by 1 m from one output pixel to the next: 0 to 1e9, not 0
 * relief_metres   height over the surroundings of which the relief is tanh(1): 1e-9 to 1e9
 * ground_metres   height up to which the plane's surface is not shown: 1e-9 to 1e9; 0 = all is shown
 */
TRD_API trd_status trd_prepare_metric_plan(const trd_exec* exec, int64_t width, int64_t height, int64_t size,
                                           double smooth, double slope_gain, double relief, double relief_metres,
                                           double ground_metres, void* workspace, int64_t workspace_bytes);

/**
 * Geometry in metric terms: of each output the mean height h above a plane of the measured points in its box, columns
 * floor(x width / size) to max(+ 1, floor((x + 1) width / size)), rows alike; hs = G * h / G * 1 and H likewise, over
 * the outputs that have a point, with Gaussians of deviation smooth and relief (radius the ceiling of 3 deviations,
 * half-sample symmetric border); g = slope_gain Sobel_3x3(hs) / 8; channels (1 - g_x / l) / 2, (1 - g_y / l) / 2,
 * (1 + tanh((hs - H) / relief_metres)) / 2, l = sqrt(g^2 + 1). Where G * 1 of smooth is below 0.05, all three are 0.5;
 * for its neighbours' slopes such an output is level with them. What all three differ from 0.5 by is multiplied with
 * max(|hs|, |H|) / ground_metres - 1, from 0 to 1: the plane's own surface, with its noise, is not shown. Missing
 * points as for trd_prepare_depth. Without any point the image is level.
 * xyz    float32 [height, width, 3]: x, y, z in metres; row_stride is a multiple of 4
 * plane  float32 [5]: x0, y0, z0, a, b of z = z0 + a (x - x0) + b (y - y0), metres, the absolute value of each at most
 *        1e6; height is z below the plane. Of the backend's memory, and read by the kernels
 */
TRD_API trd_status trd_prepare_metric(const trd_exec* exec, const float* xyz, int64_t width, int64_t height,
                                      int64_t row_stride, void* out, int32_t type, int64_t size, const float* plane,
                                      void* workspace, int64_t workspace_bytes);

/*
 * A view of a part, as it is located and outlined by: float32 [size, size, 4], of each pixel mean red, green and blue
 * (0 to 255) and the mean height above a plane in mm, over columns floor(x width / size) to
 * max(+ 1, floor((x + 1) width / size)) of what the sensor gave, rows alike. CPU only. The result does not depend on
 * the number of threads. Each call writes its own channels.
 * row_stride  bytes from one row to the next
 * out         overlaps nothing
 * Errors: ARGUMENT (null, a size out of range, stride too small, overlap, misaligned), UNSUPPORTED (CUDA).
 */

/** image  uint8 [height, width, 3]: red, green, blue; the first three channels are exact sums, divided. */
TRD_API trd_status trd_view_colour(const trd_exec* exec, const uint8_t* image, int64_t width, int64_t height,
                                   int64_t row_stride, float* out, int64_t size);

/**
 * The fourth channel: NaN where fewer than a quarter of a pixel's points are measured (as trd_prepare_depth says which
 * are missing), or none.
 * xyz    float32 [height, width, 3]: x, y, z in metres; row_stride is a multiple of 4
 * plane  as of trd_prepare_metric
 */
TRD_API trd_status trd_view_relief(const trd_exec* exec, const float* xyz, int64_t width, int64_t height,
                                   int64_t row_stride, float* out, int64_t size, const float* plane);

/*
 * Scores at the positions of an aligned part (SPEC section 9). On the CPU, by the calling thread alone; the same bits
 * whatever its instruction set. A NaN stays one wherever it counts.
 */

/** Bytes of functions and scratch for trd_robust_rest; 0 when a size is out of range. */
TRD_API int64_t trd_robust_rest_workspace_bytes(int64_t n, int64_t functions);

/**
 * Puts functions into a workspace, once; trd_robust_rest of the same n may follow any number of times, one call at a
 * time.
 * function   float32 [functions, n], orthonormal; 0 to 64 of them, null for 0
 * workspace  trd_robust_rest_workspace_bytes(...) bytes, 64-byte aligned; does not overlap function
 * Errors: ARGUMENT (null, sizes out of range, overlap, workspace small or misaligned), UNSUPPORTED (not the CPU).
 */
TRD_API trd_status trd_robust_rest_plan(const trd_exec* exec, const float* function, void* workspace,
                                        int64_t workspace_bytes, int64_t n, int64_t functions);

/**
 * Difference less its robust fit: rest = y - sum_f c_f function_f, y brought into [-most, most]. c: products of the
 * functions with y, then four times with fit + (y - fit), the latter within two spreads, which are 1.4826 times the
 * median (of an even number the upper one) of |y - fit| over every 16th value from the first on, plus 1e-9.
 * y          float32 [n]
 * most       positive, may be infinite
 * unseen     0, or 1: where y is 0, nothing was seen, and the rest is 0
 * rest       float32 [n]; overlaps nothing
 * workspace  of trd_robust_rest_plan
 * Errors: ARGUMENT (null, most not positive, unseen neither, overlap, a workspace that was not planned for n, small or
 * misaligned), UNSUPPORTED (not the CPU).
 */
TRD_API trd_status trd_robust_rest(const trd_exec* exec, const float* y, float most, int32_t unseen, float* rest,
                                   void* workspace, int64_t workspace_bytes, int64_t n);

/** Positions of a frame [size, size] that belong to the part; packed: one behind the other, without the others. */
typedef struct trd_area {
    const int32_t* runs; /* [run_count, 2]: first pixel and number of pixels, 1 or more; each behind the one before */
    int64_t run_count;   /* 1 or more */
    int64_t pixels;      /* of all runs */
    int64_t size;        /* 1 to 2^14 */
} trd_area;

/** Bytes of scratch for trd_area_filter; 0 when size is out of range. */
TRD_API int64_t trd_area_filter_workspace_bytes(int64_t size);

/**
 * out = Gaussian of a difference that is 0 beyond the area, on the area, minus `less`. Radius the ceiling of four
 * deviations; the border mirrors at the outermost pixels (c b | a b c | b a).
 * in         float32 [area.pixels], packed
 * less       the same, such as a narrower Gaussian of it, or null for nothing
 * out        the same; overlaps nothing
 * deviation  of the Gaussian, pixels: 1e-3 to 128
 * workspace  trd_area_filter_workspace_bytes(area.size) bytes, 64-byte aligned; overlaps nothing
 * Errors: ARGUMENT (null, an area that is none, a deviation out of range, overlap, workspace small or misaligned),
 * UNSUPPORTED (not the CPU).
 */
TRD_API trd_status trd_area_filter(const trd_exec* exec, const float* in, const trd_area* area, const float* less,
                                   float* out, double deviation, void* workspace, int64_t workspace_bytes);

/** Directions in which lines are looked for; that of d is turned by pi d / 12 from a row towards a column. */
#define TRD_LINE_DIRECTIONS 12

/** Bytes of scratch for trd_line_filter; 0 when a size or deviation is out of range. */
TRD_API int64_t trd_line_filter_workspace_bytes(int64_t size, double along);

/**
 * Lines in a difference that is 0 beyond the area. With G its Gaussian (deviation `across`, trd_area_filter's radius
 * and border), c and s the cosine and sine of a direction: B = -(s^2 Gxx - 2 c s Gxy + c^2 Gyy) of central differences
 * (Gxx = G(x-1) - 2 G + G(x+1), Gxy a quarter of the four diagonal ones; the border as G's), 0 beyond the frame. Along
 * the direction B is averaged at the pixels nearest to places 2 pixels apart, up to the first at or beyond two
 * deviations to either side, with weights of a Gaussian (deviation `along`) that add up to 1.
 * in            float32 [area.pixels], packed
 * scale         float32 [12, area.pixels], not negative, or null
 * out           float32 [area.pixels]: the highest |value| scale of all directions; where scale is null, float32
 *               [12, area.pixels]: each direction's values. Overlaps nothing
 * across, along deviations, pixels: 1e-3 to 128
 * workspace     trd_line_filter_workspace_bytes(area.size, along) bytes, 64-byte aligned; overlaps nothing
 * Errors: as trd_area_filter.
 */
TRD_API trd_status trd_line_filter(const trd_exec* exec, const float* in, const trd_area* area, const float* scale,
                                   float* out, double across, double along, void* workspace, int64_t workspace_bytes);

/** What one branch's map and the filtered differences that go with it are compared with. */
typedef struct trd_position_branch {
    const float* mean;                  /* float32 [size, size] */
    const float* scale;                 /* float32 [size, size]: score per unit of the map */
    const float* filtered;              /* float32 [filters, area.pixels], packed */
    const float* filter_scale;          /* the same: score per unit of |filtered| */
    const float* filter_offset;         /* float32 [filters] */
    int64_t filters;                    /* 0 to 16; when 0, the three before are not read */
    float offset;                       /* finite, as all offsets and factors */
    float sum_factor;                   /* of the map's scaled difference, in the joint map */
    float result_factor, result_offset; /* of the branch's joined map */
    int32_t reserved;                   /* 0 */
} trd_position_branch;

/** Bytes of scratch for trd_position_scores; 0 when a size is out of range. */
TRD_API int64_t trd_position_scores_workspace_bytes(int64_t size, int64_t area_pixels);

/**
 * Soft maxima of scores at every position. v_b = scale_b (map_b - mean_b), e(s) = exp(s / 2), s brought into
 * [-150, 150]; f_b = on the area the sum over b's filters of e(filter_scale |filtered| + filter_offset);
 * map_b = result_factor_b G(2 ln(e(v_b + offset_b) + f_b)) + result_offset_b,
 * map = factor G(2 ln(e(sum_factor_rgb v_rgb + sum_factor_depth v_depth + sum_offset) + f_rgb + f_depth)) + offset,
 * G a Gaussian with trd_area_filter's radius and border.
 * map                 float32 [size, size], filled
 * map_rgb, map_depth  float32 [size, size]; calibrated maps in, scores out. The three overlap nothing
 * deviation           of G, pixels, 1e-3 to 128
 * workspace           trd_position_scores_workspace_bytes(area.size, area.pixels) bytes, 64-byte aligned;
 *                     overlaps nothing
 * Errors: ARGUMENT (null, an area that is none, filters or deviation out of range, an offset or factor not finite,
 * overlap, workspace small or misaligned), UNSUPPORTED (not the CPU).
 */
TRD_API trd_status trd_position_scores(const trd_exec* exec, const trd_area* area, const trd_position_branch* rgb,
                                       const trd_position_branch* depth, float* map, float* map_rgb, float* map_depth,
                                       float sum_offset, float factor, float offset, double deviation, void* workspace,
                                       int64_t workspace_bytes);

/*
 * The network's layers on CUDA: convolutions as implicit matrix products on tensor cores with what follows them in the
 * same pass, and the crossmodal tuners (SPEC section 2), which are made of them. CUDA only; float32 sums in every type,
 * of which each result is rounded once. A NaN stays one, through a ReLU too.
 * c_in and c_out are multiples of 8 up to 2^16, except that c_in may be 3; h and w up to 2^14, n h w and n out_h out_w
 * up to 2^30.
 */

/**
 * Largest of each 3x3 window, stride 2, padding 1 (the stem's pooling); a window with a NaN gives NaN.
 * in   type [n, h, w, c] (channels-last), 16-byte aligned; c is a multiple of 8; n <= 65535, h < 131071, w * c < 2^31 -
 *      c
 * out  type [n, (h + 1) / 2, (w + 1) / 2, c], 16-byte aligned; does not overlap in
 * Errors: ARGUMENT (null, type unknown, size <= 0 or too large, c, alignment, overlap), UNSUPPORTED, CUDA.
 */
TRD_API trd_status trd_max_pool(const trd_exec* exec, int32_t type, const void* in, void* out, int64_t n, int64_t h,
                                int64_t w, int64_t c);

/** Most layers of one call of trd_convolutions. */
enum { TRD_MAX_LAYERS = 8 };

/**
 * One convolution with what follows it: out = r(conv(in) + bias + residual) + post, r = ReLU when relu is not 0.
 * Transposed: 2x2 with stride 2, the only one the network has; then kernel = stride = 2, padding = 0.
 * out_h = transposed ? 2 h : (h + 2 padding - kernel) / stride + 1, out_w alike.
 */
typedef struct trd_convolution {
    const void* in;       /* type [n, h, w, c_in] (channels-last), 16-byte aligned unless c_in is 3 */
    const void* packed;   /* trd_convolution_pack's, 16-byte aligned */
    const float* bias;    /* float32 [c_out], 4-byte aligned */
    const void* residual; /* type [n, out_h, out_w, c_out], or null for none; 16-byte aligned */
    const void* post;     /* as residual */
    void* out; /* type [n, out_h, out_w, c_out], a pixel every out_stride elements; may be exactly residual or
                             post when dense, otherwise overlaps nothing that the call reads or writes (slices of one
                             concatenation lie beside each other); 16-byte aligned */
    int64_t n, h, w, c_in, c_out;
    int64_t out_stride; /* c_out to 2^20, a multiple of 8: more than c_out writes a slice of a concatenation */
    int32_t kernel, stride, padding; /* 1 to 7, 1 or 2, 0 to 3 */
    int32_t transposed;              /* 0 or 1 */
    int32_t relu;                    /* 0 or 1 */
    int32_t reserved;                /* 0 */
} trd_convolution;

/** Bytes of a layer's packed weights; 0 when a size or the type is out of range. */
TRD_API int64_t trd_convolution_packed_bytes(int32_t type, int64_t c_in, int64_t c_out, int32_t kernel,
                                             int32_t transposed);

/**
 * Rounds and reorders weights, once, on the CPU and in its memory; the caller copies the result to the device. Files
 * may not hold it.
 * weights  float32 [c_out, c_in, kernel, kernel], transposed [c_in, c_out, 2, 2]; BatchNorm already folded
 * packed   trd_convolution_packed_bytes(...) bytes, 16-byte aligned; does not overlap weights
 * Errors: ARGUMENT (null, type or size out of range, packed small or misaligned, overlap).
 */
TRD_API trd_status trd_convolution_pack(int32_t type, const float* weights, void* packed, int64_t packed_bytes,
                                        int64_t c_in, int64_t c_out, int32_t kernel, int32_t transposed);

/**
 * Bytes of scratch for trd_convolutions on exec's device; may be 0, and is -1 for sizes that it refuses
 * (trd_last_error() says why). Reads the layers' sizes only, none of their pointers.
 */
TRD_API int64_t trd_convolutions_workspace_bytes(const trd_exec* exec, int32_t type, const trd_convolution* layers,
                                                 int32_t count);

/**
 * Runs `count` layers, none of which reads what another writes, side by side: one launch, or two where the products are
 * split to fill the device. The same bits on every run on the same device.
 * layers     read during the call only
 * workspace  trd_convolutions_workspace_bytes(...) bytes of the device, 256-byte aligned; null when that is 0
 * Errors: ARGUMENT (null, type unknown, count not in 1..TRD_MAX_LAYERS, a size, stride or alignment out of range,
 * overlap, workspace small or misaligned), UNSUPPORTED (not CUDA, or built without it), CUDA.
 */
TRD_API trd_status trd_convolutions(const trd_exec* exec, int32_t type, const trd_convolution* layers, int32_t count,
                                    void* workspace, int64_t workspace_bytes);

/**
 * One branch of a crossmodal tuner. in and out are 16-byte aligned, packed 256-byte; an output overlaps nothing that
 * the call reads or writes (slices of one concatenation lie beside each other). Scale i = 0, 1, 2 has side >> i rows
 * and columns and c1 << i channels.
 */
typedef struct trd_tuner_branch {
    const void* in[3];     /* the other modality's teacher features, type [n, side >> i, side >> i, c1 << i] */
    const void* packed;    /* trd_crossmodal_*_pack's, all layers, on the device */
    void* out[3];          /* type, the same shapes, a pixel every out_stride[i] elements */
    int64_t out_stride[3]; /* c1 << i to 2^20, multiples of 8 */
} trd_tuner_branch;

/**
 * Layers of the Crossmodal Filter: conv_a's 6, conv_b's 4, conv_c's 2, in this order; and of the Amplifier: 3 for each
 * scale.
 */
enum { TRD_FILTER_LAYERS = 12, TRD_AMPLIFIER_LAYERS = 9 };

/** Bytes of a branch's packed filter; 0 when the type or c1 is out of range (a multiple of 8 up to 2^13). */
TRD_API int64_t trd_crossmodal_filter_packed_bytes(int32_t type, int64_t c1);

/**
 * Puts one layer, 0 to TRD_FILTER_LAYERS - 1, into a branch's packed filter, as trd_convolution_pack does.
 * weights, bias  float32 in the model file's order, BatchNorm folded; bias [c_out]
 * packed         trd_crossmodal_filter_packed_bytes(...) bytes, 256-byte aligned
 * Errors: ARGUMENT.
 */
TRD_API trd_status trd_crossmodal_filter_pack(int32_t type, int32_t layer, const float* weights, const float* bias,
                                              void* packed, int64_t packed_bytes, int64_t c1);

/** Bytes of scratch for `count` branches (1 or 2) on exec's device; -1 for sizes that trd_crossmodal_filter refuses. */
TRD_API int64_t trd_crossmodal_filter_workspace_bytes(const trd_exec* exec, int32_t type, int32_t count, int64_t n,
                                                      int64_t side, int64_t c1);

/**
 * Crossmodal Filter of one or both branches: at each scale 2x2/2 convolutions that double the channels down to side /
 * 8, then 2x2/2 transposed ones back, each with bias and ReLU. Six steps; what all scales and branches do in a step is
 * one launch, or two where the products are split to fill the device.
 * side       of scale 0, a multiple of 8; n side side up to 2^27
 * workspace  trd_crossmodal_filter_workspace_bytes(...) bytes of the device, 256-byte aligned
 * Errors: as trd_convolutions.
 */
TRD_API trd_status trd_crossmodal_filter(const trd_exec* exec, int32_t type, const trd_tuner_branch* branches,
                                         int32_t count, void* workspace, int64_t workspace_bytes, int64_t n,
                                         int64_t side, int64_t c1);

/** As trd_crossmodal_filter_packed_bytes. */
TRD_API int64_t trd_crossmodal_amplifier_packed_bytes(int32_t type, int64_t c1);

/** As trd_crossmodal_filter_pack; the decoder's blend factor is folded into each scale's last layer by the caller. */
TRD_API trd_status trd_crossmodal_amplifier_pack(int32_t type, int32_t layer, const float* weights, const float* bias,
                                                 void* packed, int64_t packed_bytes, int64_t c1);

/** As trd_crossmodal_filter_workspace_bytes. */
TRD_API int64_t trd_crossmodal_amplifier_workspace_bytes(const trd_exec* exec, int32_t type, int32_t count, int64_t n,
                                                         int64_t side, int64_t c1);

/**
 * Crossmodal Amplifier of one or both branches: at each scale 3x3 (C to C), 1x1 (C to 2C), 1x1 (2C to C), each with
 * bias and ReLU. The 2C-channel intermediate stays on the chip. At most three launches for all scales and branches.
 * side  of scale 0, a multiple of 4
 * Errors: as trd_convolutions.
 */
TRD_API trd_status trd_crossmodal_amplifier(const trd_exec* exec, int32_t type, const trd_tuner_branch* branches,
                                            int32_t count, void* workspace, int64_t workspace_bytes, int64_t n,
                                            int64_t side, int64_t c1);

/*
 * Convolution 3x3, stride 1 or 2, padding 1, by Winograd's method on tiles of 4x4 outputs, with what follows it:
 *   out = r(conv(in) + bias + sum_scale * sum) + post,   r = ReLU when relu is not 0, else nothing.
 * 36 (stride 1) or 81 (stride 2) of the direct form's 144 products. Rounding errors are about ten times the direct
 * form's, 1e-6 to 1e-5 of the outputs' root mean square; the same bits whatever the number of threads. The products
 * are float32; the features may be bfloat16, widened as they are read and rounded once as they are written. Needs AVX2;
 * channels are multiples of 32. out_h = (h + stride - 1) / stride, out_w alike.
 */

/**
 * 1 when this convolution was measured faster than oneDNN's direct one in the same type (see winograd_cpu.cpp), else 0;
 * also 0 without AVX2, with an unknown type, with channels that are no multiples of 32, with sizes <= 0 or too large,
 * with another stride.
 */
TRD_API int32_t trd_winograd_pays(int32_t type, int64_t n, int64_t h, int64_t w, int64_t c_in, int64_t c_out,
                                  int32_t stride);

/** Bytes of packed weights, 4 times those of [c_out, c_in, 3, 3]; 0 when there is no kernel for these channels here. */
TRD_API int64_t trd_winograd_packed_bytes(int64_t c_in, int64_t c_out);

/**
 * Transforms weights, once, in double. The packed form belongs to this machine's instruction set: never store it.
 * Linux is asked for large pages under it, which it can give best when the memory was never written before.
 * weights  float32 [c_out, c_in, 3, 3], BatchNorm already folded
 * packed   trd_winograd_packed_bytes(c_in, c_out) bytes, 64-byte aligned; does not overlap weights
 * Errors: ARGUMENT (null, channels no positive multiples of 32 or too large, stride, packed small or misaligned,
 * overlap), UNSUPPORTED (no such backend, no AVX2).
 */
TRD_API trd_status trd_winograd_pack(const trd_exec* exec, const float* weights, void* packed, int64_t packed_bytes,
                                     int64_t c_in, int64_t c_out, int32_t stride);

/**
 * Bytes of scratch for calls that use up to `threads` threads (1 to 1024); 0 for arguments that trd_winograd refuses.
 */
TRD_API int64_t trd_winograd_workspace_bytes(int64_t n, int64_t h, int64_t w, int64_t c_in, int64_t c_out,
                                             int32_t stride, int32_t threads);

/**
 * The convolution. Uses the calling thread's number of threads (trd_set_threads).
 * type       TRD_FLOAT32 or TRD_BFLOAT16, of in, sum, post and out
 * in         [n, h, w, c_in] (channels-last)
 * packed     from trd_winograd_pack with the same channels and stride
 * bias       float32 [c_out]
 * sum, post  [n, out_h, out_w, c_out], or null for none
 * out        [n, out_h, out_w, c_out]; may be exactly sum or post, otherwise overlaps nothing
 * workspace  trd_winograd_workspace_bytes(...) bytes, 64-byte aligned, overlaps nothing
 * Errors: ARGUMENT (null, type unknown, size <= 0 or too large, channels no multiples of 32, stride, overlap, sum_scale
 * not finite, packed or workspace small or misaligned), UNSUPPORTED (no such backend, no AVX2).
 */
TRD_API trd_status trd_winograd(const trd_exec* exec, int32_t type, const void* in, const void* packed,
                                int64_t packed_bytes, const float* bias, const void* sum, float sum_scale,
                                const void* post, int32_t relu, void* out, void* workspace, int64_t workspace_bytes,
                                int64_t n, int64_t h, int64_t w, int64_t c_in, int64_t c_out, int32_t stride);

#ifdef __cplusplus
}
#endif
#endif
