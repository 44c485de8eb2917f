/* children.cpp - kernels that kernels launch.
 *
 * A child may begin at its launch or after its parent has ended, and a parent cannot wait for it. Here all
 * begin when their parent has ended: those of one stream in their order, streams (of which each block has its
 * own default one) as options.order says; then what was launched into cudaStreamTailLaunch. A parent is done
 * when its children are. */
#include "children.h"
#include "core_copy.h"
#include "emu_internal.h"

#include <deque>
#include <vector>

namespace emu
{

namespace
{
/* The children of one stream. */
struct Line {
    size_t block; /* of the stream 0 */
    cudaStream_t stream;
    std::deque<std::function<void()>> kernels;
};
} // namespace

static std::vector<Line> lines, tail;

void child_launch(cudaStream_t stream, std::function<void()> run)
{
    only_on_one_core();
    bool is_tail = stream == cudaStreamTailLaunch;
    std::vector<Line> &all = is_tail ? tail : lines;
    size_t of_block = stream ? 0 : block.linear;
    bool alone = stream == cudaStreamFireAndForget;
    for (Line &line : all)
        if (!alone && line.stream == stream && line.block == of_block) {
            line.kernels.push_back(std::move(run));
            return;
        }
    all.push_back({ of_block, stream, {} });
    all.back().kernels.push_back(std::move(run));
}

static void run_lines(std::vector<Line> all)
{
    while (!all.empty()) {
        size_t which = options.order == Order::forward   ? 0
                       : options.order == Order::reverse ? all.size() - 1
                                                         : random_below((unsigned)all.size());
        std::function<void()> run = std::move(all[which].kernels.front());
        all[which].kernels.pop_front();
        if (all[which].kernels.empty()) all.erase(all.begin() + (long)which);
        run();
    }
}

void children_run()
{
    if (lines.empty() && tail.empty()) return;
    std::vector<Line> first, last; /* each of them has children of its own */
    first.swap(lines);
    last.swap(tail);
    run_lines(std::move(first));
    run_lines(std::move(last));
}

void children_forget()
{
    lines.clear();
    tail.clear();
}

} // namespace emu
