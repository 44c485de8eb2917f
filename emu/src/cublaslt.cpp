/* cublaslt.cpp - cuBLASLt's handle and descriptions: values by the number of their attribute. */
#include "cublaslt.h"

#include <cstdarg>
#include <cstddef>
#include <cstdio>
#include <cstring>
#include <set>
#include "cublas_call.h"

using namespace emu;

struct cublasLtContext {
};
struct cublasLtMatmulPreferenceOpaque {
};

static std::set<cublasLtHandle_t> &handles = *new std::set<cublasLtHandle_t>; /* main may end first */

bool emu::is_live(cublasLtHandle_t handle)
{
    return handles.count(handle) != 0 || is_live((cublasHandle_t)handle);
}

static cublasStatus_t invalid(Where where, const char *format, ...) __attribute__((format(printf, 2, 3)));
static cublasStatus_t invalid(Where where, const char *format, ...)
{
    char text[400];
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(text, sizeof text, format, arguments);
    va_end(arguments);
    report_at("error", where, "%s (CUBLAS_STATUS_INVALID_VALUE)", text);
    return CUBLAS_STATUS_INVALID_VALUE;
}

cublasStatus_t cublasLtCreate(cublasLtHandle_t *handle, Where where)
{
    if (!handle) return invalid(where, "cublasLtCreate gets a null pointer for its result");
    handles.insert(*handle = new cublasLtContext);
    return CUBLAS_STATUS_SUCCESS;
}

cublasStatus_t cublasLtDestroy(cublasLtHandle_t handle, Where where)
{
    if (!handles.erase(handle)) {
        report_at("error", where,
                  "cublasLtDestroy: the handle was not made by cublasLtCreate, or is destroyed "
                  "(CUBLAS_STATUS_NOT_INITIALIZED)");
        return CUBLAS_STATUS_NOT_INITIALIZED;
    }
    delete handle;
    return CUBLAS_STATUS_SUCCESS;
}

size_t cublasLtGetVersion()
{
    return CUBLAS_VERSION;
}

const char *cublasLtGetStatusName(cublasStatus_t status)
{
    return cublasGetStatusName(status);
}

const char *cublasLtGetStatusString(cublasStatus_t status)
{
    return cublasGetStatusString(status);
}

/* ---- attributes ---- */

namespace
{
struct Attribute {
    int number;
    const char *name;
    size_t offset, bytes;
};
} // namespace

#define ROW(name, number, type, field) { number, #name, offsetof(OF, field), sizeof(type) },
#define OF                             cublasLtMatrixLayoutOpaque
static const Attribute of_layout[] = { EMU_LAYOUT_ATTRIBUTES(ROW){ -1, nullptr, 0, 0 } };
#undef OF
#define OF cublasLtMatmulDescOpaque
static const Attribute of_matmul[] = { EMU_MATMUL_ATTRIBUTES(ROW){ -1, nullptr, 0, 0 } };

/* The attribute, if its value has so many bytes; nullptr after a finding. */
static const Attribute *find(const char *call, const Attribute *list, int number, const void *object,
                             const void *value, size_t bytes, Where where)
{
    const Attribute *a = list;
    while (a->name && a->number != number) a++;
    if (!object || !value)
        invalid(where, "%s gets a null pointer", call);
    else if (!a->name)
        invalid(where, "%s: attribute %d is not emulated", call, number);
    else if (bytes != a->bytes)
        invalid(where, "%s: %s has %zu bytes, and it gets %zu", call, a->name, a->bytes, bytes);
    else
        return a;
    return nullptr;
}

static cublasStatus_t set(const char *call, const Attribute *list, int number, void *object,
                          const void *value, size_t bytes, Where where)
{
    const Attribute *a = find(call, list, number, object, value, bytes, where);
    if (!a) return CUBLAS_STATUS_INVALID_VALUE;
    memcpy((char *)object + a->offset, value, bytes);
    return CUBLAS_STATUS_SUCCESS;
}

static cublasStatus_t get(const char *call, const Attribute *list, int number, void *object, void *value,
                          size_t bytes, size_t *written, Where where)
{
    const Attribute *a = find(call, list, number, object, value, bytes, where);
    if (!a) return CUBLAS_STATUS_INVALID_VALUE;
    memcpy(value, (char *)object + a->offset, bytes);
    if (written) *written = bytes;
    return CUBLAS_STATUS_SUCCESS;
}

/* ---- layouts ---- */

cublasStatus_t cublasLtMatrixLayoutCreate(cublasLtMatrixLayout_t *layout, cudaDataType type, uint64_t rows,
                                          uint64_t cols, int64_t ld, Where where)
{
    if (!layout) return invalid(where, "cublasLtMatrixLayoutCreate gets a null pointer for its result");
    *layout = new cublasLtMatrixLayoutOpaque{ (uint32_t)type, CUBLASLT_ORDER_COL, rows, cols, ld, 1, 0 };
    return CUBLAS_STATUS_SUCCESS;
}

cublasStatus_t cublasLtMatrixLayoutDestroy(cublasLtMatrixLayout_t layout)
{
    delete layout;
    return CUBLAS_STATUS_SUCCESS;
}

cublasStatus_t cublasLtMatrixLayoutSetAttribute(cublasLtMatrixLayout_t layout,
                                                cublasLtMatrixLayoutAttribute_t attribute, const void *value,
                                                size_t bytes, Where where)
{
    return set("cublasLtMatrixLayoutSetAttribute", of_layout, attribute, layout, value, bytes, where);
}

cublasStatus_t cublasLtMatrixLayoutGetAttribute(cublasLtMatrixLayout_t layout,
                                                cublasLtMatrixLayoutAttribute_t attribute, void *value,
                                                size_t bytes, size_t *written, Where where)
{
    return get("cublasLtMatrixLayoutGetAttribute", of_layout, attribute, layout, value, bytes, written,
               where);
}

/* ---- operations ---- */

cublasStatus_t cublasLtMatmulDescCreate(cublasLtMatmulDesc_t *desc, cublasComputeType_t compute,
                                        cudaDataType scale, Where where)
{
    if (!desc) return invalid(where, "cublasLtMatmulDescCreate gets a null pointer for its result");
    *desc = new cublasLtMatmulDescOpaque{};
    (*desc)->compute = compute;
    (*desc)->scale = scale;
    (*desc)->epilogue = CUBLASLT_EPILOGUE_DEFAULT;
    (*desc)->bias_type = -1; /* that of D */
    return CUBLAS_STATUS_SUCCESS;
}

cublasStatus_t cublasLtMatmulDescDestroy(cublasLtMatmulDesc_t desc)
{
    delete desc;
    return CUBLAS_STATUS_SUCCESS;
}

cublasStatus_t cublasLtMatmulDescSetAttribute(cublasLtMatmulDesc_t desc,
                                              cublasLtMatmulDescAttributes_t attribute, const void *value,
                                              size_t bytes, Where where)
{
    return set("cublasLtMatmulDescSetAttribute", of_matmul, attribute, desc, value, bytes, where);
}

cublasStatus_t cublasLtMatmulDescGetAttribute(cublasLtMatmulDesc_t desc,
                                              cublasLtMatmulDescAttributes_t attribute, void *value,
                                              size_t bytes, size_t *written, Where where)
{
    return get("cublasLtMatmulDescGetAttribute", of_matmul, attribute, desc, value, bytes, written, where);
}

/* ---- preferences, which change nothing here ---- */

cublasStatus_t cublasLtMatmulPreferenceCreate(cublasLtMatmulPreference_t *preference, Where where)
{
    if (!preference)
        return invalid(where, "cublasLtMatmulPreferenceCreate gets a null pointer for its result");
    *preference = new cublasLtMatmulPreferenceOpaque;
    return CUBLAS_STATUS_SUCCESS;
}

cublasStatus_t cublasLtMatmulPreferenceDestroy(cublasLtMatmulPreference_t preference)
{
    delete preference;
    return CUBLAS_STATUS_SUCCESS;
}

cublasStatus_t cublasLtMatmulPreferenceSetAttribute(cublasLtMatmulPreference_t preference,
                                                    cublasLtMatmulPreferenceAttributes_t, const void *value,
                                                    size_t bytes, Where where)
{
    if (preference && value && bytes) return CUBLAS_STATUS_SUCCESS;
    return invalid(where, "cublasLtMatmulPreferenceSetAttribute gets a null pointer or no bytes");
}
