/* emu/cub_device.h - CUB's algorithms over arrays of the device. Each runs as a kernel of one thread, in its
 * stream.
 *
 * A first call with a null pointer for the temporary storage asks how much of it is needed; the second
 * brings it. */
#ifndef EMU_CUB_DEVICE_H
#define EMU_CUB_DEVICE_H

#include <algorithm>
#include <functional>
#include <vector>
#include "cub_common.h"
#include "thrust_run.h"

namespace emu
{

/* 1: the caller asks for the size, which is now in *bytes. 0: go on; else an error after a finding. */
int temporary_storage(const char *call, void *storage, size_t *bytes, size_t needed, cudaError_t *error,
                      Where where);

} // namespace emu

namespace cub
{

template <class I> using ValueOf = typename std::iterator_traits<I>::value_type;
/* What an output takes; of one that takes anything, what the input has. */
template <class O, class I>
using ValueFor = std::conditional_t<std::is_void_v<ValueOf<O>>, ValueOf<I>, ValueOf<O>>;

/* Runs f, which holds all by value, in the stream. The storage is written, as a GPU's kernels do. */
template <class F>
cudaError_t device_run(const char *call, void *storage, size_t &bytes, size_t items, cudaStream_t stream, F f,
                       emu::Where where)
{
    cudaError_t error = cudaSuccess;
    if (emu::temporary_storage(call, storage, &bytes, 256 + items / 8, &error, where) || error) return error;
    unsigned char *first = (unsigned char *)storage, *last = first + 255 + items / 8;
    auto all = [=]() mutable {
        *first = *last = 0;
        f();
    };
    if (emu::is_in_kernel()) return all(), cudaSuccess;
    typedef decltype(all) All;
    emu::Request request = emu::request_of(call, where, dim3(1), dim3(1), 0, stream);
    request.argument = new All(all);
    request.argument_bytes = sizeof(All);
    request.body = [](void *argument) { (*static_cast<All *>(argument))(); };
    request.release = [](void *argument) { delete static_cast<All *>(argument); };
    emu::launch(request);
    return cudaPeekAtLastError();
}
#define EMU_CUB_RUN(call, items, f) device_run(call, storage, bytes, (size_t)(items), stream, f, where_)

/* ---- reductions ---- */

struct DeviceReduce {
    template <class I, class O, class Op, class T, class N>
    static cudaError_t Reduce(void *storage, size_t &bytes, I in, O out, N count, Op op, T init,
                              cudaStream_t stream = nullptr, EMU_HERE)
    {
        auto f = [op, init, count, from = thrust::raw(in), to = thrust::raw(out)]() mutable {
            T sum = init;
            for (N i = 0; i < count; i++) sum = op(sum, from[i]);
            *to = sum;
        };
        return EMU_CUB_RUN("cub::DeviceReduce::Reduce", count, f);
    }
    template <class I, class O, class N>
    static cudaError_t Sum(void *storage, size_t &bytes, I in, O out, N count, cudaStream_t stream = nullptr,
                           EMU_HERE)
    {
        return Reduce(storage, bytes, in, out, count, cub::Sum(), ValueFor<O, I>(), stream, where_);
    }
    template <class I, class O, class N>
    static cudaError_t Min(void *storage, size_t &bytes, I in, O out, N count, cudaStream_t stream = nullptr,
                           EMU_HERE)
    {
        return Reduce(storage, bytes, in, out, count, cub::Min(), std::numeric_limits<ValueOf<I>>::max(),
                      stream, where_);
    }
    template <class I, class O, class N>
    static cudaError_t Max(void *storage, size_t &bytes, I in, O out, N count, cudaStream_t stream = nullptr,
                           EMU_HERE)
    {
        return Reduce(storage, bytes, in, out, count, cub::Max(), std::numeric_limits<ValueOf<I>>::lowest(),
                      stream, where_);
    }
    template <class I, class O, class Op, class U, class T, class N>
    static cudaError_t TransformReduce(void *storage, size_t &bytes, I in, O out, N count, Op op, U unary,
                                       T init, cudaStream_t stream = nullptr, EMU_HERE)
    {
        auto f = [op, unary, init, count, from = thrust::raw(in), to = thrust::raw(out)]() mutable {
            T sum = init;
            for (N i = 0; i < count; i++) sum = op(sum, unary(from[i]));
            *to = sum;
        };
        return EMU_CUB_RUN("cub::DeviceReduce::TransformReduce", count, f);
    }
    template <class I, class O, class N>
    static cudaError_t ArgMin(void *storage, size_t &bytes, I in, O out, N count,
                              cudaStream_t stream = nullptr, EMU_HERE)
    {
        return extreme("cub::DeviceReduce::ArgMin", storage, bytes, in, out, count, cub::ArgMin(),
                       std::numeric_limits<ValueOf<I>>::max(), stream, where_);
    }
    template <class I, class O, class N>
    static cudaError_t ArgMax(void *storage, size_t &bytes, I in, O out, N count,
                              cudaStream_t stream = nullptr, EMU_HERE)
    {
        return extreme("cub::DeviceReduce::ArgMax", storage, bytes, in, out, count, cub::ArgMax(),
                       std::numeric_limits<ValueOf<I>>::lowest(), stream, where_);
    }
    /* One key and the combination of its values for each run of equal keys, and how many runs there are. */
    template <class K, class L, class I, class O, class R, class Op, class N>
    static cudaError_t ReduceByKey(void *storage, size_t &bytes, K keys, L keys_out, I values, O out, R runs,
                                   Op op, N count, cudaStream_t stream = nullptr, EMU_HERE)
    {
        auto f = [op, count, key = thrust::raw(keys), to_key = thrust::raw(keys_out),
                  from = thrust::raw(values), to = thrust::raw(out), number = thrust::raw(runs)]() mutable {
            N made = 0;
            for (N i = 0; i < count; made++) {
                ValueOf<K> now = key[i];
                ValueOf<I> sum = from[i];
                for (i++; i < count && now == key[i]; i++) sum = op(sum, from[i]);
                to_key[made] = now, to[made] = sum;
            }
            *number = made;
        };
        return EMU_CUB_RUN("cub::DeviceReduce::ReduceByKey", count, f);
    }

  private:
    /* Of no items: 1 and the value that none is beyond, as CUB says. */
    template <class I, class O, class N, class Op, class T>
    static cudaError_t extreme(const char *call, void *storage, size_t &bytes, I in, O out, N count, Op op,
                               T none, cudaStream_t stream, emu::Where where_)
    {
        auto f = [op, none, count, from = thrust::raw(in), to = thrust::raw(out)]() mutable {
            KeyValuePair<int, T> best = { 1, none };
            for (N i = 0; i < count; i++) {
                KeyValuePair<int, T> now = { (int)i, from[i] };
                best = i ? op(best, now) : now;
            }
            *to = ValueOf<O>{ best.key, best.value };
        };
        return EMU_CUB_RUN(call, count, f);
    }
};

/* Segment s is the items begins[s]..ends[s]-1. */
struct DeviceSegmentedReduce {
    template <class I, class O, class B, class E, class Op, class T>
    static cudaError_t Reduce(void *storage, size_t &bytes, I in, O out, int segments, B begins, E ends,
                              Op op, T init, cudaStream_t stream = nullptr, EMU_HERE)
    {
        auto f = [op, init, segments, from = thrust::raw(in), to = thrust::raw(out),
                  begin = thrust::raw(begins), end = thrust::raw(ends)]() mutable {
            for (int s = 0; s < segments; s++) {
                T sum = init;
                for (auto i = begin[s]; i < end[s]; i++) sum = op(sum, from[i]);
                to[s] = sum;
            }
        };
        return EMU_CUB_RUN("cub::DeviceSegmentedReduce::Reduce", segments, f);
    }
    template <class I, class O, class B, class E>
    static cudaError_t Sum(void *storage, size_t &bytes, I in, O out, int segments, B begins, E ends,
                           cudaStream_t stream = nullptr, EMU_HERE)
    {
        return Reduce(storage, bytes, in, out, segments, begins, ends, cub::Sum(), ValueFor<O, I>(), stream,
                      where_);
    }
    template <class I, class O, class B, class E>
    static cudaError_t Min(void *storage, size_t &bytes, I in, O out, int segments, B begins, E ends,
                           cudaStream_t stream = nullptr, EMU_HERE)
    {
        return Reduce(storage, bytes, in, out, segments, begins, ends, cub::Min(),
                      std::numeric_limits<ValueOf<I>>::max(), stream, where_);
    }
    template <class I, class O, class B, class E>
    static cudaError_t Max(void *storage, size_t &bytes, I in, O out, int segments, B begins, E ends,
                           cudaStream_t stream = nullptr, EMU_HERE)
    {
        return Reduce(storage, bytes, in, out, segments, begins, ends, cub::Max(),
                      std::numeric_limits<ValueOf<I>>::lowest(), stream, where_);
    }
};

/* ---- scans; the output may be the input ---- */

struct DeviceScan {
    template <class I, class O, class Op, class T, class N>
    static cudaError_t ExclusiveScan(void *storage, size_t &bytes, I in, O out, Op op, T init, N count,
                                     cudaStream_t stream = nullptr, EMU_HERE)
    {
        auto f = [op, init, count, from = thrust::raw(in), to = thrust::raw(out)]() mutable {
            T sum = init;
            for (N i = 0; i < count; i++) {
                T next = op(sum, from[i]);
                to[i] = sum;
                sum = next;
            }
        };
        return EMU_CUB_RUN("cub::DeviceScan::ExclusiveScan", count, f);
    }
    template <class I, class O, class N>
    static cudaError_t ExclusiveSum(void *storage, size_t &bytes, I in, O out, N count,
                                    cudaStream_t stream = nullptr, EMU_HERE)
    {
        return ExclusiveScan(storage, bytes, in, out, cub::Sum(), ValueOf<I>(), count, stream, where_);
    }
    template <class I, class O, class Op, class N>
    static cudaError_t InclusiveScan(void *storage, size_t &bytes, I in, O out, Op op, N count,
                                     cudaStream_t stream = nullptr, EMU_HERE)
    {
        auto f = [op, count, from = thrust::raw(in), to = thrust::raw(out)]() mutable {
            if (count == 0) return;
            ValueOf<I> sum = from[0];
            to[0] = sum;
            for (N i = 1; i < count; i++) to[i] = sum = op(sum, from[i]);
        };
        return EMU_CUB_RUN("cub::DeviceScan::InclusiveScan", count, f);
    }
    template <class I, class O, class Op, class T, class N>
    static cudaError_t InclusiveScanInit(void *storage, size_t &bytes, I in, O out, Op op, T init, N count,
                                         cudaStream_t stream = nullptr, EMU_HERE)
    {
        auto f = [op, init, count, from = thrust::raw(in), to = thrust::raw(out)]() mutable {
            T sum = init;
            for (N i = 0; i < count; i++) to[i] = sum = op(sum, from[i]);
        };
        return EMU_CUB_RUN("cub::DeviceScan::InclusiveScanInit", count, f);
    }
    template <class I, class O, class N>
    static cudaError_t InclusiveSum(void *storage, size_t &bytes, I in, O out, N count,
                                    cudaStream_t stream = nullptr, EMU_HERE)
    {
        return InclusiveScan(storage, bytes, in, out, cub::Sum(), count, stream, where_);
    }
    template <class K, class I, class O, class N>
    static cudaError_t InclusiveSumByKey(void *storage, size_t &bytes, K keys, I in, O out, N count,
                                         std::equal_to<> = {}, cudaStream_t stream = nullptr, EMU_HERE)
    {
        return by_key(storage, bytes, keys, in, out, count, true, stream, where_);
    }
    template <class K, class I, class O, class N>
    static cudaError_t ExclusiveSumByKey(void *storage, size_t &bytes, K keys, I in, O out, N count,
                                         std::equal_to<> = {}, cudaStream_t stream = nullptr, EMU_HERE)
    {
        return by_key(storage, bytes, keys, in, out, count, false, stream, where_);
    }

  private:
    template <class K, class I, class O, class N>
    static cudaError_t by_key(void *storage, size_t &bytes, K keys, I in, O out, N count, bool inclusive,
                              cudaStream_t stream, emu::Where where_)
    {
        auto f = [inclusive, count, key = thrust::raw(keys), from = thrust::raw(in),
                  to = thrust::raw(out)]() mutable {
            ValueOf<I> sum = ValueOf<I>();
            for (N i = 0; i < count; i++) {
                if (i && !(key[i] == key[i - 1])) sum = ValueOf<I>();
                ValueOf<I> with = sum + from[i];
                to[i] = inclusive ? with : sum;
                sum = with;
            }
        };
        return EMU_CUB_RUN("cub::DeviceScan::SumByKey", count, f);
    }
};

/* ---- sorting ---- */

struct DeviceRadixSort {
#define EMU_CUB_SORT(Keys, Pairs, descending)                                                                \
    template <class K, class N>                                                                              \
    static cudaError_t Keys(void *storage, size_t &bytes, const K *in, K *out, N count, int begin = 0,       \
                            int end = 8 * sizeof(K), cudaStream_t stream = nullptr, EMU_HERE)                \
    {                                                                                                        \
        return sort(storage, bytes, in, out, (const NullType *)nullptr, (NullType *)nullptr, count, begin,   \
                    end, descending, stream, where_);                                                        \
    }                                                                                                        \
    template <class K, class N>                                                                              \
    static cudaError_t Keys(void *storage, size_t &bytes, DoubleBuffer<K> &keys, N count, int begin = 0,     \
                            int end = 8 * sizeof(K), cudaStream_t stream = nullptr, EMU_HERE)                \
    {                                                                                                        \
        const K *in = keys.Current();                                                                        \
        if (storage) keys.selector ^= 1;                                                                     \
        return Keys(storage, bytes, in, storage ? keys.Current() : keys.Alternate(), count, begin, end,      \
                    stream, where_);                                                                         \
    }                                                                                                        \
    template <class K, class V, class N>                                                                     \
    static cudaError_t Pairs(void *storage, size_t &bytes, const K *in, K *out, const V *values,             \
                             V *values_out, N count, int begin = 0, int end = 8 * sizeof(K),                 \
                             cudaStream_t stream = nullptr, EMU_HERE)                                        \
    {                                                                                                        \
        return sort(storage, bytes, in, out, values, values_out, count, begin, end, descending, stream,      \
                    where_);                                                                                 \
    }                                                                                                        \
    template <class K, class V, class N>                                                                     \
    static cudaError_t Pairs(void *storage, size_t &bytes, DoubleBuffer<K> &keys, DoubleBuffer<V> &values,   \
                             N count, int begin = 0, int end = 8 * sizeof(K), cudaStream_t stream = nullptr, \
                             EMU_HERE)                                                                       \
    {                                                                                                        \
        const K *in = keys.Current();                                                                        \
        const V *from = values.Current();                                                                    \
        if (storage) keys.selector ^= 1, values.selector ^= 1;                                               \
        return Pairs(storage, bytes, in, storage ? keys.Current() : keys.Alternate(), from,                  \
                     storage ? values.Current() : values.Alternate(), count, begin, end, stream, where_);    \
    }
    EMU_CUB_SORT(SortKeys, SortPairs, false)
    EMU_CUB_SORT(SortKeysDescending, SortPairsDescending, true)
#undef EMU_CUB_SORT

  private:
    template <class K, class V, class N>
    static cudaError_t sort(void *storage, size_t &bytes, const K *in, K *out, const V *values, V *values_out,
                            N count, int begin, int end, bool descending, cudaStream_t stream,
                            emu::Where where_)
    {
        auto f = [=] {
            std::vector<K> key(in, in + count);
            std::vector<V> value;
            std::vector<size_t> order((size_t)count);
            if (values) value.assign(values, values + count);
            for (size_t i = 0; i < order.size(); i++) order[i] = i;
            std::stable_sort(order.begin(), order.end(), [&](size_t a, size_t b) {
                return comes_before(key[a], key[b], begin, end, descending);
            });
            for (size_t i = 0; i < order.size(); i++) {
                out[i] = key[order[i]];
                if (values) values_out[i] = value[order[i]];
            }
        };
        return EMU_CUB_RUN("cub::DeviceRadixSort", count, f);
    }
};

struct DeviceMergeSort {
    template <class K, class N, class Less>
    static cudaError_t SortKeys(void *storage, size_t &bytes, K keys, N count, Less less,
                                cudaStream_t stream = nullptr, EMU_HERE)
    {
        auto f = [=, first = thrust::raw(keys)]() mutable { std::stable_sort(first, first + count, less); };
        return EMU_CUB_RUN("cub::DeviceMergeSort::SortKeys", count, f);
    }
    template <class K, class N, class Less>
    static cudaError_t StableSortKeys(void *storage, size_t &bytes, K keys, N count, Less less,
                                      cudaStream_t stream = nullptr, EMU_HERE)
    {
        return SortKeys(storage, bytes, keys, count, less, stream, where_);
    }
};

/* ---- selections ---- */

/* The items i with keep(items, i) first, in their order; the others, if they are wanted, from the end on,
 * backwards. */
template <class I, class O, class R, class N, class Keep>
cudaError_t device_select(const char *call, void *storage, size_t &bytes, I in, O out, R selected, N count,
                          Keep keep, bool others, cudaStream_t stream, emu::Where where_)
{
    auto f = [count, keep, others, from = thrust::raw(in), to = thrust::raw(out),
              number = thrust::raw(selected)]() mutable {
        N kept = 0;
        for (N i = 0; i < count; i++) {
            if (keep(from, i))
                to[kept++] = from[i];
            else if (others)
                to[count - 1 - (i - kept)] = from[i];
        }
        *number = kept;
    };
    return EMU_CUB_RUN(call, count, f);
}
template <class G> auto keep_flagged(G flags)
{
    return [flag = thrust::raw(flags)](auto &, auto i) mutable { return (bool)flag[i]; };
}
template <class P> auto keep_if(P predicate)
{
    return [predicate](auto &items, auto i) mutable { return (bool)predicate(items[i]); };
}

struct DeviceSelect {
    template <class I, class G, class O, class R, class N>
    static cudaError_t Flagged(void *storage, size_t &bytes, I in, G flags, O out, R selected, N count,
                               cudaStream_t stream = nullptr, EMU_HERE)
    {
        return device_select("cub::DeviceSelect::Flagged", storage, bytes, in, out, selected, count,
                             keep_flagged(flags), false, stream, where_);
    }
    template <class I, class O, class R, class N, class P>
    static cudaError_t If(void *storage, size_t &bytes, I in, O out, R selected, N count, P predicate,
                          cudaStream_t stream = nullptr, EMU_HERE)
    {
        return device_select("cub::DeviceSelect::If", storage, bytes, in, out, selected, count,
                             keep_if(predicate), false, stream, where_);
    }
    template <class I, class O, class R, class N>
    static cudaError_t Unique(void *storage, size_t &bytes, I in, O out, R selected, N count,
                              cudaStream_t stream = nullptr, EMU_HERE)
    {
        auto begins = [](auto &items, N i) { return i == 0 || !(items[i] == items[i - 1]); };
        return device_select("cub::DeviceSelect::Unique", storage, bytes, in, out, selected, count, begins,
                             false, stream, where_);
    }
};

struct DevicePartition {
    template <class I, class O, class R, class N, class P>
    static cudaError_t If(void *storage, size_t &bytes, I in, O out, R selected, N count, P predicate,
                          cudaStream_t stream = nullptr, EMU_HERE)
    {
        return device_select("cub::DevicePartition::If", storage, bytes, in, out, selected, count,
                             keep_if(predicate), true, stream, where_);
    }
    template <class I, class G, class O, class R, class N>
    static cudaError_t Flagged(void *storage, size_t &bytes, I in, G flags, O out, R selected, N count,
                               cudaStream_t stream = nullptr, EMU_HERE)
    {
        return device_select("cub::DevicePartition::Flagged", storage, bytes, in, out, selected, count,
                             keep_flagged(flags), true, stream, where_);
    }
};

struct DeviceRunLengthEncode {
    template <class I, class O, class L, class R, class N>
    static cudaError_t Encode(void *storage, size_t &bytes, I in, O out, L lengths, R runs, N count,
                              cudaStream_t stream = nullptr, EMU_HERE)
    {
        auto f = [count, from = thrust::raw(in), to = thrust::raw(out), length = thrust::raw(lengths),
                  number = thrust::raw(runs)]() mutable {
            N made = 0;
            for (N i = 0; i < count; made++) {
                N first = i;
                while (i < count && from[i] == from[first]) i++;
                to[made] = from[first], length[made] = i - first;
            }
            *number = made;
        };
        return EMU_CUB_RUN("cub::DeviceRunLengthEncode::Encode", count, f);
    }
};

/* ---- histograms: `levels` numbers bound levels - 1 bins; what is outside of them is not counted ---- */

struct DeviceHistogram {
    template <class I, class C, class T, class N>
    static cudaError_t HistogramEven(void *storage, size_t &bytes, I samples, C *bins, int levels, T lower,
                                     T upper, N count, cudaStream_t stream = nullptr, EMU_HERE)
    {
        auto f = [=, from = thrust::raw(samples)]() mutable {
            for (int b = 0; b < levels - 1; b++) bins[b] = 0;
            for (N i = 0; i < count; i++) {
                auto x = from[i];
                if (!(x >= lower && x < upper)) continue;
                int bin = 0;
                if constexpr (std::is_integral_v<T> && std::is_integral_v<ValueOf<I>>)
                    bin = (int)((uint64_t)(x - lower) * (uint64_t)(levels - 1) / (uint64_t)(upper - lower));
                else
                    bin = (int)((x - lower) * ((T)(levels - 1) / (upper - lower)));
                bins[std::min(bin, levels - 2)]++;
            }
        };
        return EMU_CUB_RUN("cub::DeviceHistogram::HistogramEven", count, f);
    }
    template <class I, class C, class T, class N>
    static cudaError_t HistogramRange(void *storage, size_t &bytes, I samples, C *bins, int levels,
                                      const T *bounds, N count, cudaStream_t stream = nullptr, EMU_HERE)
    {
        auto f = [=, from = thrust::raw(samples)]() mutable {
            for (int b = 0; b < levels - 1; b++) bins[b] = 0;
            for (N i = 0; i < count; i++) {
                auto bin = std::upper_bound(bounds, bounds + levels, (T)from[i]) - bounds - 1;
                if (bin >= 0 && bin < levels - 1) bins[bin]++;
            }
        };
        return EMU_CUB_RUN("cub::DeviceHistogram::HistogramRange", count, f);
    }
};

#undef EMU_CUB_RUN

/* Memory that is handed out again; here each piece is cudaMalloc's. */
struct CachingDeviceAllocator {
    CachingDeviceAllocator(unsigned = 8, unsigned = 3, unsigned = 7, size_t = 0, bool = false)
    {
    }
    explicit CachingDeviceAllocator(bool)
    {
    }
    cudaError_t DeviceAllocate(void **memory, size_t bytes, cudaStream_t = nullptr, EMU_HERE)
    {
        return cudaMalloc(memory, bytes, where_);
    }
    cudaError_t DeviceFree(void *memory)
    {
        return cudaFree(memory);
    }
    cudaError_t FreeAllCached()
    {
        return cudaSuccess;
    }
};

} // namespace cub

#endif
