/* emu/launch.h - what kernel<<<grid, block, bytes, stream>>>(arguments) becomes.
 *
 * cu2cpp writes EMU_LAUNCH((kernel), grid, block, bytes, stream)(arguments). If `kernel` names one
 * function, its parameters' types are known, and the arguments are converted once, here. If it names a
 * template whose arguments must be deduced, or relies on default arguments, each thread calls it by name with
 * the arguments' own types. The launch may run after its statement, so it owns a copy of its arguments.
 */
#ifndef EMU_LAUNCH_H
#define EMU_LAUNCH_H

#include <tuple>
#include <type_traits>
#include <utility>
#include "../cuda_runtime_api.h"
#include "core.h"

namespace emu
{

struct Request {
    const char *name; /* as it is spelled, perhaps in parentheses. <string> costs each .cu file 0.3 s */
    Where where;
    dim3 grid, block;
    size_t dynamic_bytes;
    cudaStream_t stream;
    const void *function;
    void (*body)(void *); /* runs one thread */
    void *argument;
    size_t argument_bytes;
    void (*release)(void *); /* of the argument */
    bool at_once;            /* the argument refers to variables that the host's function will leave */
    struct Pointers *pointers;
    bool cooperative; /* all its blocks are resident */
    dim3 cluster;     /* in blocks; zeros: as the kernel has it */
};
void launch(const Request &request);

/* Notes what a parameter of the kernel points to: managed memory that the host must leave alone meanwhile,
 * unless it is volatile, which says that others use it at the same time. */
enum class PointerUse { writes, reads, with_host };
void note_parameter(Request &request, const void *parameter, size_t bytes, PointerUse use);
template <class P> void note(Request &request, const std::remove_reference_t<P> &parameter)
{
    const void *object = &parameter;
    if constexpr (std::is_reference_v<P>)
        note_parameter(request, &object, sizeof object, PointerUse::writes);
    else if constexpr (std::is_pointer_v<P>)
        note_parameter(request, &parameter, sizeof parameter,
                       std::is_volatile_v<std::remove_pointer_t<P>> ? PointerUse::with_host
                       : std::is_const_v<std::remove_pointer_t<P>>  ? PointerUse::reads
                                                                    : PointerUse::writes);
    else if constexpr (std::is_class_v<P> && sizeof(P) >= sizeof(void *))
        note_parameter(request, &parameter, sizeof parameter, PointerUse::writes);
}

struct Picker {
    template <class... P> auto pick(void (*function)(P...)) const -> void (*)(P...)
    {
        return function;
    }
};

/* NULL arrives as an integer: as a pointer parameter it is nullptr again. A reference is one to the caller's
 * object, which a GPU reaches if it lies in managed memory. */
template <class P, class A> P as_parameter(A &argument)
{
    if constexpr (std::is_pointer_v<P> && std::is_integral_v<A>)
        return nullptr;
    else if constexpr (std::is_reference_v<P>)
        return static_cast<P>(const_cast<std::remove_const_t<A> &>(argument));
    else
        return argument;
}

template <class Pick, class Call> struct Launcher {
    Pick pick;
    Call call;
    Request request;

    template <class... A> void operator()(A... arguments)
    {
        if constexpr (std::is_invocable_v<Pick &, Picker>)
            run_function(pick(Picker{}), arguments...);
        else
            run_call(arguments...);
    }

    template <class... P, class... A> void run_function(void (*function)(P...), A &...arguments)
    {
        if constexpr (sizeof...(P) == sizeof...(A)) {
            struct Bound {
                void (*function)(P...);
                std::tuple<P...> parameters;
                void operator()()
                {
                    std::apply(function, parameters);
                }
            };
            request.function = (const void *)function;
            start(new Bound{ function, std::tuple<P...>(as_parameter<P>(arguments)...) });
        } else {
            run_call(arguments...);
        }
    }

    template <class... A> void run_call(const A &...arguments)
    {
        struct Bound {
            Call call;
            std::tuple<A...> parameters;
            void operator()()
            {
                std::apply(call, parameters);
            }
        };
        request.function = nullptr;
        request.at_once = !std::is_empty_v<Call>;
        start(new Bound{ call, std::tuple<A...>(arguments...) });
    }

    template <class... P> void note_all(std::tuple<P...> &parameters)
    {
        std::apply([&](const auto &...parameter) { (note<P>(request, parameter), ...); }, parameters);
    }

    template <class Bound> void start(Bound *bound)
    {
        request.argument = bound;
        request.argument_bytes = sizeof *bound;
        request.body = [](void *argument) { (*static_cast<Bound *>(argument))(); };
        request.release = [](void *argument) { delete static_cast<Bound *>(argument); };
        note_all(bound->parameters);
        launch(request);
    }
};

/* Of a kernel with references among its parameters: the arguments are not copied. */
template <class Pick, class Call> struct ReferenceLauncher : Launcher<Pick, Call> {
    template <class... A> void operator()(A &&...arguments)
    {
        this->run_function(this->pick(Picker{}), arguments...);
    }
};
template <class... P> constexpr bool has_references(void (*)(P...))
{
    return (std::is_reference_v<P> || ...);
}
template <class Pick, class Call> auto launcher_of(const Launcher<Pick, Call> &launcher)
{
    if constexpr (std::is_invocable_v<const Pick &, Picker>)
        if constexpr (has_references(decltype(launcher.pick(Picker{}))()))
            return ReferenceLauncher<Pick, Call>{ launcher };
        else
            return launcher;
    else
        return launcher;
}

inline Request request_of(const char *name, Where where, dim3 grid, dim3 block, size_t dynamic_bytes,
                          cudaStream_t stream)
{
    return { name,    where, grid,    block, dynamic_bytes, stream, nullptr,      nullptr,
             nullptr, 0,     nullptr, false, nullptr,       false,  dim3(0, 0, 0) };
}

template <class Pick, class Call>
auto make_launcher(Pick pick, Call call, const char *name, dim3 grid, dim3 block, size_t dynamic_bytes = 0,
                   cudaStream_t stream = nullptr, EMU_HERE)
{
    return launcher_of(
        Launcher<Pick, Call>{ pick, call, request_of(name, where_, grid, block, dynamic_bytes, stream) });
}

/* Runs function with the parameters that each of arguments points to. */
template <class... P, size_t... I>
void launch_with(void (*function)(P...), void **arguments, Request request, std::index_sequence<I...>)
{
    auto pick = [=](Picker) { return function; };
    auto call = [=](const auto &...a) { function(a...); };
    Launcher<decltype(pick), decltype(call)> launcher = { pick, call, request };
    launcher(*static_cast<std::remove_const_t<P> *>(arguments[I])...);
}

} // namespace emu

/* ---- kernels by a void pointer, which has lost their parameters' types ----
 *
 * cu2cpp writes (void *)kernel as (void *)::emu::known(kernel): so the types of that address are known. */
namespace emu
{

typedef void LaunchKnown(const void *function, void **arguments, const Request &request);
void know(const void *function, LaunchKnown *launch_it);

template <class... P> void launch_known(const void *function, void **arguments, const Request &request)
{
    launch_with((void (*)(P...))function, arguments, request, std::index_sequence_for<P...>());
}
template <class... P> void know_function(void (*function)(P...))
{
    know((const void *)function, launch_known<P...>);
}
template <class T> void know_function(const T &)
{
}
template <class T> T &&known(T &&expression)
{
    using Plain = std::remove_reference_t<T>;
    if constexpr (std::is_function_v<Plain> || std::is_function_v<std::remove_pointer_t<Plain>>)
        know_function(expression);
    return static_cast<T &&>(expression);
}

/* Launches what is known at request.function; if nothing is, a finding that names the call. */
cudaError_t launch_at(const char *call, const Request &request, void **arguments);

} // namespace emu

inline cudaError_t cudaLaunchKernel(const void *function, dim3 blocks, dim3 threads, void **arguments,
                                    size_t dynamic_bytes = 0, cudaStream_t stream = nullptr, EMU_HERE)
{
    emu::Request request = emu::request_of("a kernel", where_, blocks, threads, dynamic_bytes, stream);
    request.function = function;
    return emu::launch_at("cudaLaunchKernel", request, arguments);
}
inline cudaError_t cudaLaunchCooperativeKernel(const void *function, dim3 blocks, dim3 threads,
                                               void **arguments, size_t dynamic_bytes = 0,
                                               cudaStream_t stream = nullptr, EMU_HERE)
{
    emu::Request request = emu::request_of("a kernel", where_, blocks, threads, dynamic_bytes, stream);
    request.function = function;
    request.cooperative = true;
    return emu::launch_at("cudaLaunchCooperativeKernel", request, arguments);
}

/* ---- of a kernel itself ---- */

template <class... P>
cudaError_t cudaLaunchKernel(void (*function)(P...), dim3 grid, dim3 block, void **arguments,
                             size_t dynamic_bytes = 0, cudaStream_t stream = nullptr, EMU_HERE)
{
    emu::Request request = emu::request_of("a kernel", where_, grid, block, dynamic_bytes, stream);
    emu::launch_with(function, arguments, request, std::index_sequence_for<P...>());
    return cudaPeekAtLastError();
}
template <class... P>
cudaError_t cudaLaunchCooperativeKernel(void (*function)(P...), dim3 grid, dim3 block, void **arguments,
                                        size_t dynamic_bytes = 0, cudaStream_t stream = nullptr, EMU_HERE)
{
    emu::Request request = emu::request_of("a kernel", where_, grid, block, dynamic_bytes, stream);
    request.cooperative = true;
    emu::launch_with(function, arguments, request, std::index_sequence_for<P...>());
    return cudaPeekAtLastError();
}

#define EMU_LAUNCH(k, ...)                                                                                  \
    ::emu::make_launcher(                                                                                   \
        [&](auto picker_) -> decltype(picker_.pick(EMU_UNPAREN k)) { return picker_.pick(EMU_UNPAREN k); }, \
        [&](const auto &...arguments_) { EMU_UNPAREN k(arguments_...); }, #k, __VA_ARGS__)

#endif
