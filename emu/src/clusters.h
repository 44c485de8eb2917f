/* clusters.h - clusters among resident blocks: see residents.h and include/emu/cluster.h.
 *
 * All blocks of a cluster are resident from the first one's start to the last one's end, each with a slot.
 * The shared memory of those that do not run lies in windows (memory.h), where the one that runs reaches
 * it. */
#ifndef EMU_CLUSTERS_H
#define EMU_CLUSTERS_H

#include <deque>
#include <string>
#include <vector>
#include "launch.h"
#include "meeting.h"

namespace emu
{

/* What is wrong with a launch of this grid in clusters of this extent; "" if nothing is. */
std::string wrong_cluster(const dim3 &grid, const dim3 &cluster, bool more_than_portable);

size_t cluster_size(const dim3 &cluster);     /* in blocks */
size_t cluster_most(bool more_than_portable); /* the largest size */

/* The numbers of all blocks in the order of their start, cluster by cluster. */
std::deque<size_t> clusters_in_order();

void clusters_begin();             /* of a kernel */
bool cluster_begun(size_t linear); /* has a block of that one's cluster started? */

/* A block starts: in this slot, of those that `take` gives to its cluster. It ends: the last of its cluster
 * gives the cluster's slots back. */
unsigned cluster_start(size_t linear, unsigned (*take)());
void cluster_end(size_t linear, std::vector<unsigned> &slots);

/* The thread waits at its cluster's barrier: for how many threads, and how many have come. False:
 * elsewhere. */
bool cluster_waits(const Thread &thread, size_t linear, size_t *expected, size_t *arrived);

} // namespace emu
#endif
