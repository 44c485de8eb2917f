/* cuda_pipeline.h - cp.async in C++: nvcuda::experimental::pipeline, and the functions of the primitives. */
#ifndef EMU_CUDA_PIPELINE_H
#define EMU_CUDA_PIPELINE_H

#include "cuda_pipeline_primitives.h"

namespace nvcuda
{
namespace experimental
{

class pipeline
{
  public:
    size_t commit(EMU_HERE)
    {
        emu::async_commit(where_);
        return batches++;
    }
    void commit_and_wait(EMU_HERE)
    {
        commit(where_);
        emu::async_wait(0, where_);
    }
    void wait(size_t batch, EMU_HERE)
    {
        emu::async_wait((unsigned)(batches - 1 - batch), where_);
    }
    template <unsigned N> void wait_prior(EMU_HERE)
    {
        emu::async_wait(N, where_);
    }

  private:
    size_t batches = 0;
};

template <class T> void memcpy_async(T &to, const T &from, pipeline &, EMU_HERE)
{
    emu::async_copy(&to, &from, sizeof(T), 0, where_);
}

} // namespace experimental
} // namespace nvcuda

#endif
