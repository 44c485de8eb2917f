/* vector_types.h - float4, int2, dim3 and the rest, aligned as CUDA aligns them, with
 * their make_ functions. */
#ifndef EMU_VECTOR_TYPES_H
#define EMU_VECTOR_TYPES_H

#ifdef __cplusplus
#define EMU_VECTOR_1_TO_4(T, name, align2, align4)              \
    struct name##1                                              \
    {                                                           \
        T x;                                                    \
    };                                                          \
    struct alignas(align2) name##2                              \
    {                                                           \
        T x, y;                                                 \
    };                                                          \
    struct name##3                                              \
    {                                                           \
        T x, y, z;                                              \
    };                                                          \
    struct alignas(align4) name##4                              \
    {                                                           \
        T x, y, z, w;                                           \
    };                                                          \
    inline constexpr name##1 make_##name##1(T x)                \
    {                                                           \
        return { x };                                           \
    }                                                           \
    inline constexpr name##2 make_##name##2(T x, T y)           \
    {                                                           \
        return { x, y };                                        \
    }                                                           \
    inline constexpr name##3 make_##name##3(T x, T y, T z)      \
    {                                                           \
        return { x, y, z };                                     \
    }                                                           \
    inline constexpr name##4 make_##name##4(T x, T y, T z, T w) \
    {                                                           \
        return { x, y, z, w };                                  \
    }
#else /* for a C file of the host */
#define EMU_VECTOR(T, name, alignment, ...)                   \
    typedef struct __attribute__((aligned(alignment))) name { \
        T __VA_ARGS__;                                        \
    } name;
#define EMU_VECTOR_1_TO_4(T, name, align2, align4)           \
    EMU_VECTOR(T, name##1, _Alignof(T), x)                   \
    EMU_VECTOR(T, name##2, align2, x, y)                     \
    EMU_VECTOR(T, name##3, _Alignof(T), x, y, z)             \
    EMU_VECTOR(T, name##4, align4, x, y, z, w)               \
    static inline name##1 make_##name##1(T x)                \
    {                                                        \
        return (name##1){ x };                               \
    }                                                        \
    static inline name##2 make_##name##2(T x, T y)           \
    {                                                        \
        return (name##2){ x, y };                            \
    }                                                        \
    static inline name##3 make_##name##3(T x, T y, T z)      \
    {                                                        \
        return (name##3){ x, y, z };                         \
    }                                                        \
    static inline name##4 make_##name##4(T x, T y, T z, T w) \
    {                                                        \
        return (name##4){ x, y, z, w };                      \
    }
#endif

EMU_VECTOR_1_TO_4(signed char, char, 2, 4)
EMU_VECTOR_1_TO_4(unsigned char, uchar, 2, 4)
EMU_VECTOR_1_TO_4(short, short, 4, 8)
EMU_VECTOR_1_TO_4(unsigned short, ushort, 4, 8)
EMU_VECTOR_1_TO_4(int, int, 8, 16)
EMU_VECTOR_1_TO_4(unsigned, uint, 8, 16)
EMU_VECTOR_1_TO_4(long, long, 16, 16)
EMU_VECTOR_1_TO_4(unsigned long, ulong, 16, 16)
EMU_VECTOR_1_TO_4(long long, longlong, 16, 16)
EMU_VECTOR_1_TO_4(unsigned long long, ulonglong, 16, 16)
EMU_VECTOR_1_TO_4(float, float, 8, 16)
EMU_VECTOR_1_TO_4(double, double, 16, 16)
#undef EMU_VECTOR_1_TO_4
#undef EMU_VECTOR

#ifdef __cplusplus
struct dim3 {
    unsigned x, y, z;
    constexpr dim3(unsigned x_ = 1, unsigned y_ = 1, unsigned z_ = 1) : x(x_), y(y_), z(z_)
    {
    }
    constexpr dim3(uint3 v) : x(v.x), y(v.y), z(v.z)
    {
    }
    constexpr operator uint3() const
    {
        return { x, y, z };
    }
};
#else
typedef struct dim3 {
    unsigned x, y, z;
} dim3;
#endif

#endif
