/* helper_timer.h - a stop watch of the host, by the names of the helpers that CUDA's samples bring. What
 * it measures is the emulator.
 */
#ifndef EMU_HELPER_TIMER_H
#define EMU_HELPER_TIMER_H
#define COMMON_HELPER_TIMER_H_

#include <chrono>

class StopWatchInterface
{
  public:
    void start()
    {
        begun = std::chrono::steady_clock::now();
        running = true;
    }
    void stop()
    {
        if (running) total += since(), sessions++;
        running = false;
    }
    void reset()
    {
        total = 0;
        sessions = 0;
        begun = std::chrono::steady_clock::now();
    }
    float getTime() const /* in milliseconds */
    {
        return running ? total + since() : total;
    }
    float getAverageTime() const
    {
        return sessions ? total / (float)sessions : 0;
    }

  private:
    float since() const
    {
        return std::chrono::duration<float, std::milli>(std::chrono::steady_clock::now() - begun).count();
    }
    std::chrono::steady_clock::time_point begun;
    float total = 0;
    int sessions = 0;
    bool running = false;
};

inline bool sdkCreateTimer(StopWatchInterface **timer)
{
    *timer = new StopWatchInterface;
    return true;
}
inline bool sdkDeleteTimer(StopWatchInterface **timer)
{
    delete *timer;
    *timer = nullptr;
    return true;
}
inline bool sdkStartTimer(StopWatchInterface **timer)
{
    if (*timer) (*timer)->start();
    return *timer != nullptr;
}
inline bool sdkStopTimer(StopWatchInterface **timer)
{
    if (*timer) (*timer)->stop();
    return *timer != nullptr;
}
inline bool sdkResetTimer(StopWatchInterface **timer)
{
    if (*timer) (*timer)->reset();
    return *timer != nullptr;
}
inline float sdkGetTimerValue(StopWatchInterface **timer)
{
    return *timer ? (*timer)->getTime() : -1;
}
inline float sdkGetAverageTimerValue(StopWatchInterface **timer)
{
    return *timer ? (*timer)->getAverageTime() : 0;
}

#endif
