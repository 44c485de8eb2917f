/* explain_metrics.c - the counts' names in NVIDIA Nsight Compute, so that a search finds NVIDIA's
 * documentation. See explain.h. */
#include <string.h>

#include "explain.h"

static const char *pick(const struct explain_access *a, const char *load, const char *store,
                        const char *atomic)
{
    return !strcmp(a->kind, "load") ? load : !strcmp(a->kind, "store") ? store : atomic;
}

const char *explain_requests_metric(const struct explain_access *a)
{
    if (a->shared)
        return pick(a, "smsp__inst_executed_op_shared_ld.sum", "smsp__inst_executed_op_shared_st.sum",
                    "smsp__inst_executed_op_shared_atom.sum");
    return pick(a, "l1tex__t_requests_pipe_lsu_mem_global_op_ld.sum",
                "l1tex__t_requests_pipe_lsu_mem_global_op_st.sum",
                "l1tex__t_requests_pipe_lsu_mem_global_op_atom.sum");
}

const char *explain_each_metric(const struct explain_access *a)
{
    if (a->shared)
        return pick(a, "l1tex__data_pipe_lsu_wavefronts_mem_shared_op_ld.sum",
                    "l1tex__data_pipe_lsu_wavefronts_mem_shared_op_st.sum",
                    "l1tex__data_pipe_lsu_wavefronts_mem_shared_op_atom.sum");
    return pick(a, "l1tex__average_t_sectors_per_request_pipe_lsu_mem_global_op_ld.ratio",
                "l1tex__average_t_sectors_per_request_pipe_lsu_mem_global_op_st.ratio",
                "l1tex__average_t_sectors_per_request_pipe_lsu_mem_global_op_atom.ratio");
}

const struct explain_metric explain_metrics[] = {
    { "sectors per request, global loads",
      "l1tex__average_t_sectors_per_request_pipe_lsu_mem_global_op_ld.ratio" },
    { "sectors per request, global stores",
      "l1tex__average_t_sectors_per_request_pipe_lsu_mem_global_op_st.ratio" },
    { "wavefronts, shared loads", "l1tex__data_pipe_lsu_wavefronts_mem_shared_op_ld.sum" },
    { "wavefronts, shared stores", "l1tex__data_pipe_lsu_wavefronts_mem_shared_op_st.sum" },
    { "wavefronts beyond the ideal", "l1tex__data_bank_conflicts_pipe_lsu_mem_shared.sum" },
    { "active lanes", "smsp__thread_inst_executed_per_inst_executed.ratio" },
    { "occupancy", "sm__maximum_warps_per_active_cycle_pct" },
    { "its limits", "launch__occupancy_limit_warps, _registers, _shared_mem, _blocks" },
    { "registers per thread", "launch__registers_per_thread" },
    { "waves", "launch__waves_per_multiprocessor" },
    { "FLOP", "smsp__sass_thread_inst_executed_op_fadd_pred_on.sum + _fmul_ + 2 _ffma_" },
    { NULL, NULL },
};
