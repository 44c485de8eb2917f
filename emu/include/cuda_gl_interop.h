/* cuda_gl_interop.h - there is no OpenGL: programs build that include this file and call nothing of it. */
#ifndef EMU_CUDA_GL_INTEROP_H
#define EMU_CUDA_GL_INTEROP_H

#include "cuda_runtime.h"

#endif
