/* cublas_call.cpp - the arguments of cuBLAS: see cublas_call.h. */
#include "cublas_call.h"

#include <cstdarg>
#include <cstdio>
#include "gemm.h"
#include "host_memory.h"
#include "memory.h"

std::set<cublasHandle_t> &emu::cublas_handles =
    *new std::set<cublasHandle_t>; /* never destroyed: main may end first */

bool emu::is_live(cublasHandle_t handle)
{
    return cublas_handles.count(handle) != 0;
}

const char *cublasGetStatusName(cublasStatus_t status)
{
    switch (status) {
#define NAME(number, name, text) \
    case name: return #name;
        EMU_CUBLAS_STATUSES(NAME)
    }
    return "unknown cublasStatus_t";
}

namespace emu
{

double Scalar::value() const
{
    return later ? get_number(later, type, 0) : now;
}

BlasCall::BlasCall(const char *name, Where where, cudaStream_t stream, cublasPointerMode_t mode)
    : call{ name, where, stream }, pointer_mode(mode)
{
}

BlasCall::BlasCall(const char *name, cublasHandle_t handle, Where where)
    : BlasCall(name, where, nullptr, CUBLAS_POINTER_MODE_HOST)
{
    if (!is_live(handle)) {
        refuse_as(CUBLAS_STATUS_NOT_INITIALIZED,
                  handle ? "the handle was not made by cublasCreate, or is destroyed"
                         : "the handle is null; cublasCreate makes one");
        return;
    }
    call.stream = handle->stream;
    pointer_mode = handle->pointers;
}

void BlasCall::refuse_as(cublasStatus_t as, const char *format, ...)
{
    char text[600];
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(text, sizeof text, format, arguments);
    va_end(arguments);
    if (!legal()) return;
    status = as;
    report_at("error", call.where, "%s: %s (%s)", call.name, text, cublasGetStatusName(as));
}

void BlasCall::want(bool is_legal, const char *format, ...)
{
    char text[600];
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(text, sizeof text, format, arguments);
    va_end(arguments);
    if (!is_legal) refuse_as(CUBLAS_STATUS_INVALID_VALUE, "%s", text);
}

void BlasCall::sizes(std::initializer_list<std::pair<const char *, int>> list)
{
    for (const auto &size : list)
        want(size.second >= 0, "%s is %d; it must not be negative", size.first, size.second);
}

/* ---- scalars ---- */

Scalar BlasCall::scalar(const char *name, const void *address, cudaDataType_t type)
{
    Scalar s;
    s.type = type;
    if (!legal()) return s;
    if (pointer_mode == CUBLAS_POINTER_MODE_DEVICE) {
        s.later = address;
        add({ std::string(name) + " (with CUBLAS_POINTER_MODE_DEVICE)", address, bytes_of(type), 0, 1, 0, 1,
              true, false, nullptr });
        return s;
    }
    if (library_host_reaches(call, name, address,
                             "for scalars of the device: cublasSetPointerMode(handle, "
                             "CUBLAS_POINTER_MODE_DEVICE)"))
        s.now = get_number(address, type, 0);
    else
        status = CUBLAS_STATUS_INVALID_VALUE;
    return s;
}

void BlasCall::result(const char *name, const void *address, cudaDataType_t type)
{
    if (!legal()) return;
    if (pointer_mode == CUBLAS_POINTER_MODE_DEVICE) {
        add({ std::string(name) + " (with CUBLAS_POINTER_MODE_DEVICE)", address, bytes_of(type), 0, 1, 0, 1,
              false, true, nullptr });
        return;
    }
    waits = true;
    if (!library_host_reaches(call, name, address,
                              "for results of the device: cublasSetPointerMode(handle, "
                              "CUBLAS_POINTER_MODE_DEVICE)"))
        status = CUBLAS_STATUS_INVALID_VALUE;
}

/* ---- arrays ---- */

void BlasCall::add(Operand operand)
{
    if (legal()) operands.push_back(std::move(operand));
}

Operand BlasCall::matrix_operand(const char *name, const void *start, cudaDataType_t type, int rows, int cols,
                                 int ld, Use use, const Scalar *factor, long long stride, int batches)
{
    char text[120];
    int n = snprintf(text, sizeof text, "%s (%d x %d, leading dimension %d", name, rows, cols, ld);
    if (batches > 1) n += snprintf(text + n, sizeof text - (size_t)n, ", %d times", batches);
    snprintf(text + n, sizeof text - (size_t)n, ")");
    size_t size = bytes_of(type);
    Operand o = { text,
                  start,
                  (size_t)rows * size,
                  (size_t)ld * size,
                  (size_t)cols,
                  stride * (long long)size,
                  (size_t)batches,
                  use != Use::writes,
                  use != Use::reads,
                  nullptr };
    if (factor) o.reads_if = [by = *factor] { return by.value() != 0; };
    return o;
}

void BlasCall::matrix(const char *name, const void *start, cudaDataType_t type, int rows, int cols, int ld,
                      Use use, const Scalar *factor, long long stride, int batches)
{
    want(
        ld >= (rows > 1 ? rows : 1),
        "%s has %d rows, so its leading dimension must be at least that, and is %d: matrices are column-major, it is "
        "the distance between columns",
        name, rows, ld);
    want(rows >= 0 && cols >= 0 && batches >= 0, "%s is %d x %d, %d times", name, rows, cols, batches);
    if (legal() && rows && cols && batches)
        add(matrix_operand(name, start, type, rows, cols, ld, use, factor, stride, batches));
}

void BlasCall::vector(const char *name, const void *start, cudaDataType_t type, int n, int inc, Use use,
                      const Scalar *factor)
{
    char text[80];
    size_t size = bytes_of(type), step = (size_t)std::abs(inc) * size;
    snprintf(text, sizeof text, "%s (%d elements, increment %d)", name, n, inc);
    Operand o = { text,
                  start,
                  size,
                  inc ? step : size,
                  (size_t)(n > 0 ? n : 0),
                  0,
                  1,
                  use != Use::writes,
                  use != Use::reads,
                  nullptr };
    if (!inc) o.count = n > 0; /* all are the first */
    if (factor) o.reads_if = [by = *factor] { return by.value() != 0; };
    add(o);
}

/* Checked as a whole, for a program gives it as a whole; used column by column. */
void BlasCall::triangle(const char *name, const void *start, cudaDataType_t type, int n, int ld, bool upper,
                        bool unit, Use use, const Scalar *factor)
{
    matrix(name, start, type, n, n, ld, use, factor);
    if (!legal() || operands.empty() || n < 1) return;
    Operand whole = operands.back();
    operands.back().reads = operands.back().writes = false;
    size_t size = bytes_of(type);
    for (int j = 0; j < n; j++) {
        int first = upper ? 0 : j + unit, end = upper ? j + 1 - unit : n;
        Operand column = whole;
        column.start = (const char *)start + ((size_t)first + (size_t)j * (size_t)ld) * size;
        column.bytes = (size_t)(end - first) * size;
        column.count = 1;
        add(column);
    }
}

void BlasCall::pointers(const char *name, const void *const *start, int batches)
{
    std::string text = std::string(name) + ", an array of " + std::to_string(batches) + " pointers,";
    add({ text, start, sizeof *start, sizeof *start, (size_t)(batches > 0 ? batches : 0), 0, 1, true, false,
          nullptr });
}

/* ---- running ---- */

bool BlasCall::uses(const std::vector<Operand> &found) const
{
    return library_uses(call, found);
}

cublasStatus_t BlasCall::submit(std::function<void()> run)
{
    if (!legal()) return status;
    Ticket ticket = library_submit(call, operands, std::move(run));
    if (!ticket) return CUBLAS_STATUS_EXECUTION_FAILED;
    if (waits) stream_wait(ticket);
    return CUBLAS_STATUS_SUCCESS;
}

} // namespace emu
