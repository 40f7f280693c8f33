// Lays out a workspace: takes 64-byte aligned pieces from it, or, without one, only counts the bytes.
#pragma once
#include <cstdint>

namespace trd {

class WorkspaceLayout {
public:
    explicit WorkspaceLayout(void* start) : start_(static_cast<uint8_t*>(start)) {}
    template <class T> T* take(int64_t count) {
        T* piece = start_ == nullptr ? nullptr : reinterpret_cast<T*>(start_ + used_);
        used_ += (count * static_cast<int64_t>(sizeof(T)) + 63) / 64 * 64;
        return piece;
    }
    int64_t bytes() const { return used_; }

private:
    uint8_t* start_;
    int64_t used_ = 0;
};

}  // namespace trd
