/* The contract compiles as plain C, and the library keeps its promises about versions, texts and rejected calls. */
#include <stdio.h>
#include <string.h>

#include "trd.h"

static int failures = 0;

static void check(int condition, const char* what) {
    if (!condition) {
        ++failures;
        printf("FAILED: %s\n", what);
    }
}

int main(void) {
    float a[4] = {1, 2, 3, 4}, b[4] = {4, 3, 2, 1}, out[2] = {-7, -7};
    trd_exec cpu = {TRD_BACKEND_CPU, 0, NULL}, cuda = {TRD_BACKEND_CUDA, 0, NULL}, nonsense = {77, 0, NULL};
    trd_cuda_device device;
    trd_status status;

    check(trd_abi_version() == TRD_ABI_VERSION, "the library has the header's ABI version");
    check(strstr(trd_describe(), "cpu") != NULL, "trd_describe names the cpu backend");
    check(trd_last_error() != NULL && trd_last_error()[0] == 0 && trd_last_error_code() == 0,
          "no error before the first failure");

    check(trd_fuse_cosine(NULL, TRD_FLOAT32, a, 1, NULL, 0, b, out, 1, 2, 2) == TRD_ERROR_ARGUMENT,
          "a null exec is refused");
    check(strcmp(trd_last_error(), "exec is null") == 0, "the text says why");
    check(trd_fuse_cosine(&nonsense, TRD_FLOAT32, a, 1, NULL, 0, b, out, 1, 2, 2) == TRD_ERROR_ARGUMENT,
          "an unknown backend is refused");
    if (strstr(trd_describe(), "cuda") == NULL)
        check(trd_fuse_cosine(&cuda, TRD_FLOAT32, a, 1, NULL, 0, b, out, 1, 2, 2) == TRD_ERROR_UNSUPPORTED,
              "a missing backend fails loudly");
    check(trd_cuda_probe(0, NULL) == TRD_ERROR_ARGUMENT && trd_cuda_probe(-1, &device) == TRD_ERROR_ARGUMENT,
          "a senseless probe is refused");
    check(trd_cuda_probe(0, &device) == TRD_OK || trd_last_error()[0] != 0, "a probe that finds no device says why");
    /* 1023: there is no such device, and where there is no driver, none at all. */
    status = trd_cuda_probe(1023, &device);
    check(status == TRD_ERROR_CUDA ? trd_last_error_code() != 0
                                   : status == TRD_ERROR_UNSUPPORTED && trd_last_error_code() == 0,
          "a failure of CUDA, and no other, has a code");
    check(trd_cuda_probe(-1, &device) == TRD_ERROR_ARGUMENT && trd_last_error_code() == 0,
          "the next failure forgets the code");
    check(out[0] == -7 && out[1] == -7, "a refused call writes nothing");
    check(trd_fuse_cosine(&cpu, TRD_FLOAT32, a, 1, NULL, 0, b, out, 1, 2, 2) == TRD_OK,
          "a good call after bad ones succeeds");
    check(trd_anomaly_map_operators_bytes(0, 1, 1, 1) == 0 && trd_anomaly_map_operators_bytes(-1, 1, 1, 1) == 0 &&
              trd_anomaly_map_operators_bytes(INT64_MAX, 1, 1, 1) == 0 &&
              trd_anomaly_map_operators_bytes(32, 8, 33, 2) == 0 && trd_anomaly_map_operators_bytes(32, 8, 4, 0) == 0,
          "no operators for impossible sizes");

    check(trd_set_threads(2) == TRD_OK && trd_set_threads(1) == TRD_OK, "threads can be set");
    check(trd_set_threads(0) == TRD_ERROR_ARGUMENT && trd_set_threads(1025) == TRD_ERROR_ARGUMENT,
          "0 and 1025 threads are refused");
    check(trd_set_alone(1) == TRD_OK && trd_set_alone(0) == TRD_OK, "a thread can work alone, and with the others");
    check(trd_set_alone(2) == TRD_ERROR_ARGUMENT && trd_set_alone(-1) == TRD_ERROR_ARGUMENT, "2 and -1 are refused");

    printf("%s\n", failures == 0 ? "all passed" : "there were failures");
    return failures == 0 ? 0 : 1;
}
