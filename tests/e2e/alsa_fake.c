// SPDX-License-Identifier: MIT
// A sound device that can be unplugged: a plugin of ALSA's, which plays into nothing and records silence at the pace of
// a clock. While the file that RSD_ALSA_FAKE_GONE names is there it answers as a device does that has gone: it cannot be
// opened, and what was open fails with ENODEV.
#include <alsa/asoundlib.h>
#include <alsa/pcm_external.h>

#include <errno.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/timerfd.h>
#include <time.h>
#include <unistd.h>

typedef struct {
    snd_pcm_ioplug_t io;
    uint64_t start_ns;
    bool runs;
} fake;

static bool is_gone(void)
{
    const char *path = getenv("RSD_ALSA_FAKE_GONE");
    return path && access(path, F_OK) == 0;
}

static uint64_t now_ns(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (uint64_t)t.tv_sec * 1000000000u + (uint64_t)t.tv_nsec;
}

static void set_timer(const fake *self, uint64_t period_ns)
{
    const struct timespec period = {(time_t)(period_ns / 1000000000u), (long)(period_ns % 1000000000u)};
    timerfd_settime(self->io.poll_fd, 0, &(struct itimerspec){period, period}, NULL);
}

static int start(snd_pcm_ioplug_t *io)
{
    fake *self = io->private_data;
    if (is_gone()) return -ENODEV;
    self->start_ns = now_ns();
    self->runs = true;
    return 0;
}

static int stop(snd_pcm_ioplug_t *io)
{
    ((fake *)io->private_data)->runs = false;
    return 0;
}

/* Where the hardware is in the buffer. */
static snd_pcm_sframes_t pointer(snd_pcm_ioplug_t *io)
{
    const fake *self = io->private_data;
    const uint64_t ns = self->runs ? now_ns() - self->start_ns : 0u;
    const uint64_t at = (uint64_t)((double)ns * 1e-9 * io->rate);
    return (snd_pcm_sframes_t)(at % io->buffer_size);
}

static snd_pcm_sframes_t transfer(snd_pcm_ioplug_t *io, const snd_pcm_channel_area_t *areas, snd_pcm_uframes_t offset,
                                  snd_pcm_uframes_t size)
{
    if (is_gone()) return -ENODEV;
    if (io->stream == SND_PCM_STREAM_CAPTURE) snd_pcm_areas_silence(areas, offset, io->channels, size, io->format);
    return (snd_pcm_sframes_t)size;
}

static int prepare(snd_pcm_ioplug_t *io)
{
    fake *self = io->private_data;
    if (is_gone()) return -ENODEV;
    self->runs = false;
    set_timer(self, (uint64_t)io->period_size * 1000000000u / io->rate);
    return 0;
}

static int close_fake(snd_pcm_ioplug_t *io)
{
    close(io->poll_fd);
    free(io->private_data);
    return 0;
}

static int revents(snd_pcm_ioplug_t *io, struct pollfd *fds, unsigned count, unsigned short *events)
{
    uint64_t ticks;
    (void)count;
    *events = 0;
    if (is_gone()) { /* as the kernel does it */
        snd_pcm_ioplug_set_state(io, SND_PCM_STATE_DISCONNECTED);
        *events = POLLERR | POLLHUP;
        return 0;
    }
    if (!(fds[0].revents & POLLIN)) return 0;
    if (read(io->poll_fd, &ticks, sizeof ticks) < 0) return 0;
    *events = io->stream == SND_PCM_STREAM_PLAYBACK ? POLLOUT : POLLIN;
    return 0;
}

static const snd_pcm_ioplug_callback_t calls = {.start = start,
                                                .stop = stop,
                                                .pointer = pointer,
                                                .transfer = transfer,
                                                .prepare = prepare,
                                                .close = close_fake,
                                                .poll_revents = revents};

static int constrain(snd_pcm_ioplug_t *io)
{
    static const unsigned formats[] = {SND_PCM_FORMAT_FLOAT_LE, SND_PCM_FORMAT_S16_LE};
    static const unsigned accesses[] = {SND_PCM_ACCESS_RW_INTERLEAVED, SND_PCM_ACCESS_RW_NONINTERLEAVED,
                                        SND_PCM_ACCESS_MMAP_INTERLEAVED, SND_PCM_ACCESS_MMAP_NONINTERLEAVED};
    int error = snd_pcm_ioplug_set_param_list(io, SND_PCM_IOPLUG_HW_ACCESS, 4, accesses);
    if (error >= 0) error = snd_pcm_ioplug_set_param_list(io, SND_PCM_IOPLUG_HW_FORMAT, 2, formats);
    if (error >= 0) error = snd_pcm_ioplug_set_param_minmax(io, SND_PCM_IOPLUG_HW_CHANNELS, 1, 2);
    if (error >= 0) error = snd_pcm_ioplug_set_param_minmax(io, SND_PCM_IOPLUG_HW_RATE, 44100, 48000);
    if (error >= 0) error = snd_pcm_ioplug_set_param_minmax(io, SND_PCM_IOPLUG_HW_PERIOD_BYTES, 128, 65536);
    return error < 0 ? error : snd_pcm_ioplug_set_param_minmax(io, SND_PCM_IOPLUG_HW_PERIODS, 2, 16);
}

SND_PCM_PLUGIN_DEFINE_FUNC(rsd_fake); /* no header declares it: ALSA looks it up by name */
SND_PCM_PLUGIN_DEFINE_FUNC(rsd_fake)
{
    (void)root;
    (void)conf;
    if (is_gone()) return -ENODEV;
    fake *self = calloc(1, sizeof *self);
    if (!self) return -ENOMEM;
    self->io = (snd_pcm_ioplug_t){.version = SND_PCM_IOPLUG_VERSION,
                                  .name = "a sound device that can be unplugged",
                                  .callback = &calls,
                                  .private_data = self,
                                  .poll_fd = timerfd_create(CLOCK_MONOTONIC, TFD_NONBLOCK | TFD_CLOEXEC),
                                  .poll_events = POLLIN,
                                  .mmap_rw = 0};
    int error = snd_pcm_ioplug_create(&self->io, name, stream, mode);
    if (error >= 0) error = constrain(&self->io);
    if (error >= 0) {
        *pcmp = self->io.pcm;
        return 0;
    }
    if (self->io.pcm)
        snd_pcm_ioplug_delete(&self->io);
    else
        free(self);
    return error;
}
SND_PCM_PLUGIN_SYMBOL(rsd_fake);
