/* emu/cluster.h - what the headers ask of a cluster: blocks that run at one time and reach each other's
 * shared memory. A kernel that is launched without one is in clusters of a single block. */
#ifndef EMU_CLUSTER_H
#define EMU_CLUSTER_H

#include "core.h"

namespace emu
{

dim3 cluster_extent();     /* in blocks */
uint3 cluster_position();  /* of the block that runs, in its cluster */
unsigned cluster_rank();   /* the same as a number */
unsigned cluster_blocks(); /* how many a cluster has */
bool cluster_is_explicit();

/* The barrier of all threads of the cluster, in two halves; a thread calls them in turn. What a thread did
 * before it arrives is there for all after the wait, unless its arrival does not release it. */
void cluster_arrive(Where where, bool releases = true);
void cluster_wait(Where where);

/* Where the block of that rank has what this one has at `address`, which is in shared memory; and back: whose
 * shared memory it is. */
void *cluster_shared(const void *address, unsigned rank, Where where, const char *call = "map_shared_rank");
unsigned cluster_rank_of(const void *address, Where where, const char *call = "query_shared_rank");

} // namespace emu
#endif
