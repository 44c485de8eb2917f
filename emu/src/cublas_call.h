/* cublas_call.h - what each function of cuBLAS does before it computes: its handle, arguments, and arrays.
 *
 *     BlasCall call("cublasSscal", handle, where);
 *     Scalar by = call.scalar("alpha", alpha, CUDA_R_32F);
 *     call.vector("x", x, CUDA_R_32F, n, incx, Use::changes);
 *     return call.submit([=] { ... by.value() ... });
 *
 * The first mistake is a finding, and submit returns its status without computing. */
#ifndef EMU_CUBLAS_CALL_H
#define EMU_CUBLAS_CALL_H

#include <set>
#include "cublas_api.h"
#include "library.h"

struct cublasContext {
    cudaStream_t stream;
    cublasPointerMode_t pointers;
    cublasMath_t math;
    cublasAtomicsMode_t atomics;
};

namespace emu
{

/* alpha and beta: of the host's memory as they are at the call, of the device's as they are when the call
 * runs. */
class Scalar
{
  public:
    double value() const;

  private:
    friend class BlasCall;
    double now = 0;
    const void *later = nullptr;
    cudaDataType_t type = CUDA_R_32F;
};

enum class Use { reads, writes, changes };

class BlasCall
{
  public:
    BlasCall(const char *name, cublasHandle_t handle, Where where);
    BlasCall(const char *name, Where where, cudaStream_t stream,
             cublasPointerMode_t mode); /* without a handle */

    /* If it is not so, the call is refused with CUBLAS_STATUS_INVALID_VALUE and this sentence. */
    void want(bool legal, const char *format, ...) __attribute__((format(printf, 3, 4)));
    void refuse_as(cublasStatus_t status, const char *format, ...) __attribute__((format(printf, 3, 4)));
    void sizes(std::initializer_list<std::pair<const char *, int>> list); /* none may be negative */

    Scalar scalar(const char *name, const void *address, cudaDataType_t type);

    /* Column-major; with batches, `stride` elements apart. What is only read where a factor is not 0 names
     * it. */
    void matrix(const char *name, const void *start, cudaDataType_t type, int rows, int cols, int ld, Use use,
                const Scalar *factor = nullptr, long long stride = 0, int batches = 1);
    void vector(const char *name, const void *start, cudaDataType_t type, int n, int inc, Use use,
                const Scalar *factor = nullptr);
    /* Half of a square matrix, and its diagonal unless that is `unit`. */
    void triangle(const char *name, const void *start, cudaDataType_t type, int n, int ld, bool upper,
                  bool unit, Use use, const Scalar *factor = nullptr);
    /* An array of pointers to matrices, itself in memory of the device. */
    void pointers(const char *name, const void *const *start, int batches);

    /* A result: in memory of the device it is written when the call runs; else the call waits, as cuBLAS
     * does. */
    void result(const char *name, const void *address, cudaDataType_t type);

    bool legal() const
    {
        return status == CUBLAS_STATUS_SUCCESS;
    }
    /* What its array of pointers leads to, once the call runs: false after a finding. */
    bool uses(const std::vector<Operand> &found) const;
    static Operand matrix_operand(const char *name, const void *start, cudaDataType_t type, int rows,
                                  int cols, int ld, Use use, const Scalar *factor, long long stride,
                                  int batches);

    cublasStatus_t submit(std::function<void()> run);

  private:
    void add(Operand operand);

    LibraryCall call;
    cublasPointerMode_t pointer_mode;
    cublasStatus_t status = CUBLAS_STATUS_SUCCESS;
    bool waits = false;
    std::vector<Operand> operands;
};

extern std::set<cublasHandle_t> &cublas_handles; /* that are live */
bool is_live(cublasHandle_t handle);

} // namespace emu
#endif
