/* emu/cub_block.h - CUB's functions of a block: reductions, scans, loads and stores, exchanges, sorting.
 * Their memory is the caller's TempStorage; who uses it again needs a barrier between, as on a GPU. */
#ifndef EMU_CUB_BLOCK_H
#define EMU_CUB_BLOCK_H

#include <algorithm>
#include "cub_common.h"

namespace cub
{

enum BlockReduceAlgorithm {
    BLOCK_REDUCE_RAKING_COMMUTATIVE_ONLY,
    BLOCK_REDUCE_RAKING,
    BLOCK_REDUCE_WARP_REDUCTIONS
};
enum BlockScanAlgorithm { BLOCK_SCAN_RAKING, BLOCK_SCAN_RAKING_MEMOIZE, BLOCK_SCAN_WARP_SCANS };
enum BlockLoadAlgorithm {
    BLOCK_LOAD_DIRECT,
    BLOCK_LOAD_STRIPED,
    BLOCK_LOAD_VECTORIZE,
    BLOCK_LOAD_TRANSPOSE,
    BLOCK_LOAD_WARP_TRANSPOSE,
    BLOCK_LOAD_WARP_TRANSPOSE_TIMESLICED
};
enum BlockStoreAlgorithm {
    BLOCK_STORE_DIRECT,
    BLOCK_STORE_STRIPED,
    BLOCK_STORE_VECTORIZE,
    BLOCK_STORE_TRANSPOSE,
    BLOCK_STORE_WARP_TRANSPOSE,
    BLOCK_STORE_WARP_TRANSPOSE_TIMESLICED
};
enum BlockHistogramAlgorithm { BLOCK_HISTO_SORT, BLOCK_HISTO_ATOMIC };

/* What all of them have: the memory, and the number of the thread. Those that are made without an argument
 * share one for each type, as in CUB. */
template <class Memory, int X, int Y, int Z> class BlockPart
{
  public:
    typedef Memory TempStorage;
    static constexpr int THREADS = X * Y * Z;

  protected:
    BlockPart(Memory &memory, const char *name, emu::Where where) : temp(memory), rank(RowMajorTid(X, Y, Z))
    {
        check_block(name, X, Y, Z, where);
    }
    static Memory &own_memory()
    {
        __shared__ Memory memory;
        return memory;
    }
    Memory &temp;
    const int rank;
};

/* ---- reductions ---- */

template <class T, int X, BlockReduceAlgorithm = BLOCK_REDUCE_WARP_REDUCTIONS, int Y = 1, int Z = 1, int = 0>
struct BlockReduceMemory {
    T value[X * Y * Z];
};

/* The result is that of thread 0 alone. */
template <class T, int X, BlockReduceAlgorithm A = BLOCK_REDUCE_WARP_REDUCTIONS, int Y = 1, int Z = 1,
          int P = 0>
class BlockReduce : public BlockPart<BlockReduceMemory<T, X, A, Y, Z>, X, Y, Z>
{
    typedef BlockPart<BlockReduceMemory<T, X, A, Y, Z>, X, Y, Z> Part;

  public:
    BlockReduce(EMU_HERE) : Part(Part::own_memory(), "cub::BlockReduce", where_)
    {
    }
    BlockReduce(typename Part::TempStorage &memory, EMU_HERE) : Part(memory, "cub::BlockReduce", where_)
    {
    }
    template <class Op> T Reduce(T input, Op op, int valid, EMU_HERE)
    {
        this->temp.value[this->rank] = input;
        __syncthreads(where_);
        if (this->rank == 0)
            for (int i = 1; i < valid && i < Part::THREADS; i++) input = op(input, this->temp.value[i]);
        return only_if(this->rank == 0, input);
    }
    template <class Op> T Reduce(T input, Op op, EMU_HERE)
    {
        return Reduce(input, op, (int)Part::THREADS, where_);
    }
    template <int N, class Op> T Reduce(T (&inputs)[N], Op op, EMU_HERE)
    {
        T sum = inputs[0];
        for (int i = 1; i < N; i++) sum = op(sum, inputs[i]);
        return Reduce(sum, op, (int)Part::THREADS, where_);
    }
    T Sum(T input, EMU_HERE)
    {
        return Reduce(input, cub::Sum(), where_);
    }
    T Sum(T input, int valid, EMU_HERE)
    {
        return Reduce(input, cub::Sum(), valid, where_);
    }
    template <int N> T Sum(T (&inputs)[N], EMU_HERE)
    {
        return Reduce(inputs, cub::Sum(), where_);
    }
};

/* ---- scans ---- */

template <class T, int THREADS> struct BlockScanMemory {
    T value[THREADS], total, first;
};

template <class T, int X, BlockScanAlgorithm = BLOCK_SCAN_RAKING, int Y = 1, int Z = 1, int = 0>
class BlockScan : public BlockPart<BlockScanMemory<T, X * Y * Z>, X, Y, Z>
{
    typedef BlockPart<BlockScanMemory<T, X * Y * Z>, X, Y, Z> Part;

    /* Of each thread's `input`: what those before it make, from `init` on if there is one. Thread 0 has none
     * without. */
    template <class Op> T before(T input, const T *init, Op op, T &total, emu::Where where)
    {
        this->temp.value[this->rank] = input;
        __syncthreads(where);
        if (this->rank == 0) {
            T sum = this->temp.value[0], all = sum, next;
            if (init) this->temp.value[0] = *init, sum = op(*init, sum);
            for (int i = 1; i < Part::THREADS; i++) {
                next = this->temp.value[i];
                this->temp.value[i] = sum;
                sum = op(sum, next), all = op(all, next);
            }
            this->temp.total = all;
        }
        __syncthreads(where);
        total = this->temp.total;
        return this->temp.value[this->rank];
    }
    /* The scan of N items of each thread; `inclusive`: with the item itself. */
    template <int N, class Op>
    void scan(T *in, T *out, const T *init, Op op, bool inclusive, T &total, emu::Where where)
    {
        T sum = in[0];
        for (int i = 1; i < N; i++) sum = op(sum, in[i]);
        T prefix = before(sum, init, op, total, where);
        bool known = this->rank > 0 || init;
        for (int i = 0; i < N; i++) {
            T now = in[i], with = known ? op(prefix, now) : now;
            out[i] = inclusive ? with : only_if(known, prefix);
            prefix = with, known = true;
        }
    }
    /* The same after what a callback says, which the first warp calls with the sum of the block. */
    template <int N, class Op, class Callback>
    void scan_after(T *in, T *out, Op op, bool inclusive, Callback &callback, emu::Where where)
    {
        T total, sum = in[0];
        for (int i = 1; i < N; i++) sum = op(sum, in[i]);
        T prefix = before(sum, nullptr, op, total, where);
        if (this->rank < 32) {
            T first = callback(total);
            if (this->rank == 0) this->temp.first = first;
        }
        __syncthreads(where);
        prefix = this->rank ? op(this->temp.first, prefix) : this->temp.first;
        for (int i = 0; i < N; i++) {
            T with = op(prefix, in[i]);
            out[i] = inclusive ? with : prefix;
            prefix = with;
        }
    }

  public:
    BlockScan(EMU_HERE) : Part(Part::own_memory(), "cub::BlockScan", where_)
    {
    }
    BlockScan(typename Part::TempStorage &memory, EMU_HERE) : Part(memory, "cub::BlockScan", where_)
    {
    }

#define EMU_CUB_SCANS(Name, inclusive, start)                                                           \
    void Name##Sum(T in, T &out, EMU_HERE)                                                              \
    {                                                                                                   \
        T total;                                                                                        \
        scan<1>(&in, &out, start, cub::Sum(), inclusive, total, where_);                                \
    }                                                                                                   \
    void Name##Sum(T in, T &out, T &total, EMU_HERE)                                                    \
    {                                                                                                   \
        scan<1>(&in, &out, start, cub::Sum(), inclusive, total, where_);                                \
    }                                                                                                   \
    template <class C, class = std::enable_if_t<std::is_class_v<C>>>                                    \
    void Name##Sum(T in, T &out, C &callback, EMU_HERE)                                                 \
    {                                                                                                   \
        scan_after<1>(&in, &out, cub::Sum(), inclusive, callback, where_);                              \
    }                                                                                                   \
    template <int N> void Name##Sum(T(&in)[N], T(&out)[N], EMU_HERE)                                    \
    {                                                                                                   \
        T total;                                                                                        \
        scan<N>(in, out, start, cub::Sum(), inclusive, total, where_);                                  \
    }                                                                                                   \
    template <int N> void Name##Sum(T(&in)[N], T(&out)[N], T &total, EMU_HERE)                          \
    {                                                                                                   \
        scan<N>(in, out, start, cub::Sum(), inclusive, total, where_);                                  \
    }                                                                                                   \
    template <int N, class C, class = std::enable_if_t<std::is_class_v<C>>>                             \
    void Name##Sum(T(&in)[N], T(&out)[N], C &callback, EMU_HERE)                                        \
    {                                                                                                   \
        scan_after<N>(in, out, cub::Sum(), inclusive, callback, where_);                                \
    }                                                                                                   \
    template <class Op> void Name##Scan(T in, T &out, Op op, EMU_HERE)                                  \
    {                                                                                                   \
        T total;                                                                                        \
        scan<1>(&in, &out, nullptr, op, inclusive, total, where_);                                      \
    }                                                                                                   \
    template <class Op> void Name##Scan(T in, T &out, Op op, T &total, EMU_HERE)                        \
    {                                                                                                   \
        scan<1>(&in, &out, nullptr, op, inclusive, total, where_);                                      \
    }                                                                                                   \
    template <int N, class Op> void Name##Scan(T(&in)[N], T(&out)[N], Op op, EMU_HERE)                  \
    {                                                                                                   \
        T total;                                                                                        \
        scan<N>(in, out, nullptr, op, inclusive, total, where_);                                        \
    }                                                                                                   \
    template <int N, class Op> void Name##Scan(T(&in)[N], T(&out)[N], Op op, T &total, EMU_HERE)        \
    {                                                                                                   \
        scan<N>(in, out, nullptr, op, inclusive, total, where_);                                        \
    }                                                                                                   \
    template <class Op, class C, class = std::enable_if_t<std::is_class_v<C> && !std::is_same_v<C, T>>> \
    void Name##Scan(T in, T &out, Op op, C &callback, EMU_HERE)                                         \
    {                                                                                                   \
        scan_after<1>(&in, &out, op, inclusive, callback, where_);                                      \
    }                                                                                                   \
    template <int N, class Op, class C,                                                                 \
              class = std::enable_if_t<std::is_class_v<C> && !std::is_same_v<C, T>>>                    \
    void Name##Scan(T(&in)[N], T(&out)[N], Op op, C &callback, EMU_HERE)                                \
    {                                                                                                   \
        scan_after<N>(in, out, op, inclusive, callback, where_);                                        \
    }
    EMU_CUB_SCANS(Inclusive, true, nullptr)
    EMU_CUB_SCANS(Exclusive, false, &zero)
#undef EMU_CUB_SCANS

    template <class Op> void ExclusiveScan(T in, T &out, T init, Op op, EMU_HERE)
    {
        T total;
        scan<1>(&in, &out, &init, op, false, total, where_);
    }
    template <class Op> void ExclusiveScan(T in, T &out, T init, Op op, T &total, EMU_HERE)
    {
        scan<1>(&in, &out, &init, op, false, total, where_);
    }
    template <int N, class Op> void ExclusiveScan(T (&in)[N], T (&out)[N], T init, Op op, EMU_HERE)
    {
        T total;
        scan<N>(in, out, &init, op, false, total, where_);
    }
    template <int N, class Op> void ExclusiveScan(T (&in)[N], T (&out)[N], T init, Op op, T &total, EMU_HERE)
    {
        scan<N>(in, out, &init, op, false, total, where_);
    }

  private:
    static inline const T zero{};
};

/* ---- exchanges: blocked, thread t has the items from t * N on; striped, it has t, t + threads, .. ---- */

template <class T, int THREADS, int N> struct BlockExchangeMemory {
    T value[THREADS * N];
};

template <class T, int X, int N, bool = false, int Y = 1, int Z = 1, int = 0>
class BlockExchange : public BlockPart<BlockExchangeMemory<T, X * Y * Z, N>, X, Y, Z>
{
    typedef BlockPart<BlockExchangeMemory<T, X * Y * Z, N>, X, Y, Z> Part;

    template <class From, class To, class O>
    void exchange(const T *in, O *out, From from, To to, emu::Where where)
    {
        for (int i = 0; i < N; i++) this->temp.value[from(i)] = in[i];
        __syncthreads(where);
        for (int i = 0; i < N; i++) out[i] = (O)this->temp.value[to(i)];
    }
    auto blocked() const
    {
        return [first = this->rank * N](int i) { return first + i; };
    }
    auto striped() const
    {
        return [first = this->rank](int i) { return first + i * Part::THREADS; };
    }

  public:
    BlockExchange(EMU_HERE) : Part(Part::own_memory(), "cub::BlockExchange", where_)
    {
    }
    BlockExchange(typename Part::TempStorage &memory, EMU_HERE) : Part(memory, "cub::BlockExchange", where_)
    {
    }
    template <class O> void StripedToBlocked(const T (&in)[N], O (&out)[N], EMU_HERE)
    {
        exchange(in, out, striped(), blocked(), where_);
    }
    template <class O> void BlockedToStriped(const T (&in)[N], O (&out)[N], EMU_HERE)
    {
        exchange(in, out, blocked(), striped(), where_);
    }
    void StripedToBlocked(T (&items)[N], EMU_HERE)
    {
        exchange(items, items, striped(), blocked(), where_);
    }
    void BlockedToStriped(T (&items)[N], EMU_HERE)
    {
        exchange(items, items, blocked(), striped(), where_);
    }
    template <class O, class R> void ScatterToBlocked(const T (&in)[N], O (&out)[N], R (&ranks)[N], EMU_HERE)
    {
        auto to = [&ranks](int i) { return (int)ranks[i]; };
        exchange(in, out, to, blocked(), where_);
    }
    template <class O, class R> void ScatterToStriped(const T (&in)[N], O (&out)[N], R (&ranks)[N], EMU_HERE)
    {
        auto to = [&ranks](int i) { return (int)ranks[i]; };
        exchange(in, out, to, striped(), where_);
    }
};

/* ---- loads and stores ---- */

template <class T, int X, int N, BlockLoadAlgorithm A = BLOCK_LOAD_DIRECT, int Y = 1, int Z = 1, int = 0>
class BlockLoad
    : public BlockPart<BlockExchangeMemory<T, A >= BLOCK_LOAD_TRANSPOSE ? X * Y * Z : 1, N>, X, Y, Z>
{
    typedef BlockPart<BlockExchangeMemory<T, A >= BLOCK_LOAD_TRANSPOSE ? X * Y * Z : 1, N>, X, Y, Z> Part;

    template <class I> void load(I from, T *items, int valid, emu::Where where)
    {
        const bool in_rows = A != BLOCK_LOAD_DIRECT && A != BLOCK_LOAD_VECTORIZE;
        for (int i = 0; i < N; i++) {
            int at = in_rows ? this->rank + i * Part::THREADS : this->rank * N + i;
            if (at < valid) items[i] = from[at];
        }
        if constexpr (A >= BLOCK_LOAD_TRANSPOSE) {
            for (int i = 0; i < N; i++) this->temp.value[this->rank + i * Part::THREADS] = items[i];
            __syncthreads(where);
            for (int i = 0; i < N; i++) items[i] = this->temp.value[this->rank * N + i];
        }
    }

  public:
    BlockLoad(EMU_HERE) : Part(Part::own_memory(), "cub::BlockLoad", where_)
    {
    }
    BlockLoad(typename Part::TempStorage &memory, EMU_HERE) : Part(memory, "cub::BlockLoad", where_)
    {
    }
    template <class I> void Load(I from, T (&items)[N], EMU_HERE)
    {
        load(from, items, Part::THREADS * N, where_);
    }
    template <class I> void Load(I from, T (&items)[N], int valid, EMU_HERE)
    {
        load(from, items, valid, where_);
    }
    template <class I, class D> void Load(I from, T (&items)[N], int valid, D otherwise, EMU_HERE)
    {
        for (int i = 0; i < N; i++) items[i] = otherwise;
        load(from, items, valid, where_);
    }
};

template <class T, int X, int N, BlockStoreAlgorithm A = BLOCK_STORE_DIRECT, int Y = 1, int Z = 1, int = 0>
class BlockStore
    : public BlockPart<BlockExchangeMemory<T, A >= BLOCK_STORE_TRANSPOSE ? X * Y * Z : 1, N>, X, Y, Z>
{
    typedef BlockPart<BlockExchangeMemory<T, A >= BLOCK_STORE_TRANSPOSE ? X * Y * Z : 1, N>, X, Y, Z> Part;

  public:
    BlockStore(EMU_HERE) : Part(Part::own_memory(), "cub::BlockStore", where_)
    {
    }
    BlockStore(typename Part::TempStorage &memory, EMU_HERE) : Part(memory, "cub::BlockStore", where_)
    {
    }
    template <class O> void Store(O to, T (&items)[N], int valid, EMU_HERE)
    {
        const bool in_rows = A != BLOCK_STORE_DIRECT && A != BLOCK_STORE_VECTORIZE;
        if constexpr (A >= BLOCK_STORE_TRANSPOSE) {
            for (int i = 0; i < N; i++) this->temp.value[this->rank * N + i] = items[i];
            __syncthreads(where_);
        }
        for (int i = 0; i < N; i++) {
            int at = in_rows ? this->rank + i * Part::THREADS : this->rank * N + i;
            if (at >= valid) continue;
            if constexpr (A >= BLOCK_STORE_TRANSPOSE)
                to[at] = this->temp.value[at];
            else
                to[at] = items[i];
        }
    }
    template <class O> void Store(O to, T (&items)[N], EMU_HERE)
    {
        Store(to, items, Part::THREADS * N, where_);
    }
};

/* The same without a class. */
template <class I, class T, int N> void LoadDirectBlocked(int rank, I from, T (&items)[N])
{
    for (int i = 0; i < N; i++) items[i] = from[rank * N + i];
}
template <int THREADS, class I, class T, int N> void LoadDirectStriped(int rank, I from, T (&items)[N])
{
    for (int i = 0; i < N; i++) items[i] = from[rank + i * THREADS];
}
template <class O, class T, int N> void StoreDirectBlocked(int rank, O to, T (&items)[N])
{
    for (int i = 0; i < N; i++) to[rank * N + i] = items[i];
}
template <int THREADS, class O, class T, int N> void StoreDirectStriped(int rank, O to, T (&items)[N])
{
    for (int i = 0; i < N; i++) to[rank + i * THREADS] = items[i];
}

/* ---- sorting ---- */

template <class K, class V, int COUNT> struct BlockSortMemory {
    K key[COUNT];
    V value[COUNT];
    int order[COUNT];
};

template <class K, int X, int N, class V = NullType, int = 4, bool = true, int = 0, int = 0, int Y = 1,
          int Z = 1, int = 0>
class BlockRadixSort : public BlockPart<BlockSortMemory<K, V, X * Y * Z * N>, X, Y, Z>
{
    typedef BlockPart<BlockSortMemory<K, V, X * Y * Z * N>, X, Y, Z> Part;
    static constexpr int BITS = 8 * sizeof(K);

    void sort(K *keys, V *values, int begin, int end, bool descending, bool striped, emu::Where where)
    {
        for (int i = 0; i < N; i++) {
            this->temp.key[this->rank * N + i] = keys[i];
            if (values) this->temp.value[this->rank * N + i] = values[i];
        }
        __syncthreads(where);
        if (this->rank == 0) {
            for (int i = 0; i < Part::THREADS * N; i++) this->temp.order[i] = i;
            std::stable_sort(this->temp.order, this->temp.order + Part::THREADS * N, [&](int a, int b) {
                return comes_before(this->temp.key[a], this->temp.key[b], begin, end, descending);
            });
        }
        __syncthreads(where);
        for (int i = 0; i < N; i++) {
            int from = this->temp.order[striped ? this->rank + i * Part::THREADS : this->rank * N + i];
            keys[i] = this->temp.key[from];
            if (values) values[i] = this->temp.value[from];
        }
    }

  public:
    BlockRadixSort(EMU_HERE) : Part(Part::own_memory(), "cub::BlockRadixSort", where_)
    {
    }
    BlockRadixSort(typename Part::TempStorage &memory, EMU_HERE) : Part(memory, "cub::BlockRadixSort", where_)
    {
    }
#define EMU_CUB_SORT(Name, descending, striped)                                    \
    void Name(K(&keys)[N], int begin = 0, int end = BITS, EMU_HERE)                \
    {                                                                              \
        sort(keys, nullptr, begin, end, descending, striped, where_);              \
    }                                                                              \
    void Name(K(&keys)[N], V(&values)[N], int begin = 0, int end = BITS, EMU_HERE) \
    {                                                                              \
        sort(keys, values, begin, end, descending, striped, where_);               \
    }
    EMU_CUB_SORT(Sort, false, false)
    EMU_CUB_SORT(SortDescending, true, false)
    EMU_CUB_SORT(SortBlockedToStriped, false, true)
    EMU_CUB_SORT(SortDescendingBlockedToStriped, true, true)
#undef EMU_CUB_SORT
};

/* ---- histograms ---- */

template <class T, int X, int N, int BINS, BlockHistogramAlgorithm = BLOCK_HISTO_SORT, int Y = 1, int Z = 1,
          int = 0>
class BlockHistogram : public BlockPart<NullType, X, Y, Z>
{
    typedef BlockPart<NullType, X, Y, Z> Part;

  public:
    BlockHistogram(EMU_HERE) : Part(Part::own_memory(), "cub::BlockHistogram", where_)
    {
    }
    BlockHistogram(NullType &memory, EMU_HERE) : Part(memory, "cub::BlockHistogram", where_)
    {
    }
    template <class C> void InitHistogram(C (&bins)[BINS])
    {
        for (int i = this->rank; i < BINS; i += Part::THREADS) bins[i] = 0;
    }
    template <class C> void Composite(T (&items)[N], C (&bins)[BINS], EMU_HERE)
    {
        for (int i = 0; i < N; i++) {
            if ((unsigned)items[i] >= BINS)
                emu::fail("cub", where_, "cub::BlockHistogram of the item %u, but of %d bins",
                          (unsigned)items[i], BINS);
            atomicAdd(&bins[(unsigned)items[i]], (C)1);
        }
    }
    template <class C> void Histogram(T (&items)[N], C (&bins)[BINS], EMU_HERE)
    {
        InitHistogram(bins);
        __syncthreads(where_);
        Composite(items, bins, where_);
    }
};

} // namespace cub

#endif
