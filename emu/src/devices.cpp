/* devices.cpp - which device is current, which one works, and what each has in variables: see devices.h. */
#include "devices.h"
#include "fiber.h"

#include <cstring>
#include <vector>

namespace emu
{

static thread_local int chosen;
static int at_work;
static bool reach[DEVICES_MOST][DEVICES_MOST]; /* beside each device's own */

int device_now()
{
    return is_kernels() ? at_work : chosen;
}

void device_choose(int device)
{
    chosen = device;
}

bool device_exists(int device)
{
    return device >= 0 && device < (int)options.devices;
}

std::string devices_in_words()
{
    if (options.devices == 1) return "the only one is 0";
    return "there are " + std::to_string(options.devices) + ", from 0 on";
}

OnDevice::OnDevice(int device) : before(chosen)
{
    chosen = device;
}

OnDevice::~OnDevice()
{
    chosen = before;
}

bool device_reaches(int device, int other)
{
    return device == other || reach[device][other];
}

void device_set_reach(int device, int other, bool may)
{
    reach[device][other] = may;
}

/* ---- variables ----
 *
 * The program has one place for each, where the device at work has its contents; those of the others are
 * here. Until anything runs, that is the program's initial value, for all. */

namespace
{
struct OfEach {
    char *place;
    size_t bytes;
    std::vector<char> away[DEVICES_MOST];
};
} // namespace

/* Filled before main: it must be there before any file's own variables. */
static std::vector<OfEach> &variables()
{
    static std::vector<OfEach> &all = *new std::vector<OfEach>;
    return all;
}

void note_device_variable(void *place, size_t bytes)
{
    variables().push_back({ (char *)place, bytes, {} });
}

bool is_of_each_device(const void *address)
{
    const char *at = (const char *)address;
    for (const OfEach &v : variables())
        if (at >= v.place && at < v.place + v.bytes) return true;
    return false;
}

void device_works(int device)
{
    static size_t kept; /* how many have their initial contents for all: before the first operation */
    for (; options.devices > 1 && kept < variables().size(); kept++)
        for (std::vector<char> &away : variables()[kept].away)
            away.assign(variables()[kept].place, variables()[kept].place + variables()[kept].bytes);
    if (device == at_work) return;
    for (size_t i = 0; i < kept; i++) {
        OfEach &v = variables()[i];
        memcpy(v.away[at_work].data(), v.place, v.bytes);
        memcpy(v.place, v.away[device].data(), v.bytes);
    }
    at_work = device;
}

int device_at_work()
{
    return at_work;
}

} // namespace emu
