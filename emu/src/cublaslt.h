/* cublaslt.h - the descriptions of cuBLASLt: what cublaslt.cpp stores and cublaslt_matmul.cpp computes by. */
#ifndef EMU_CUBLASLT_SRC_H
#define EMU_CUBLASLT_SRC_H

#include "cublasLt.h"

#define EMU_FIELD(name, number, type, field) type field;
struct cublasLtMatrixLayoutOpaque {
    EMU_LAYOUT_ATTRIBUTES(EMU_FIELD)
};
struct cublasLtMatmulDescOpaque {
    EMU_MATMUL_ATTRIBUTES(EMU_FIELD)
};
#undef EMU_FIELD

namespace emu
{
bool is_live(cublasLtHandle_t handle); /* also of cuBLAS, whose handle may be used as one of cuBLASLt */
}

#endif
