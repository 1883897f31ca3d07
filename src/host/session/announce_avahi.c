// SPDX-License-Identifier: MIT
// Tells the local network of the servers, by Avahi's own thread.
#include "host/session/announce.h"

#include <avahi-client/client.h>
#include <avahi-client/publish.h>
#include <avahi-common/alternative.h>
#include <avahi-common/error.h>
#include <avahi-common/malloc.h>
#include <avahi-common/thread-watch.h>

#include <stdlib.h>

struct host_announce {
    AvahiThreadedPoll *poll;
    AvahiClient *client;
    AvahiEntryGroup *group;
    char *name; /* Avahi's */
    uint16_t http_port, osc_port;
};

static void publish(host_announce *announce, AvahiClient *client);

/* Another machine has the name: the next one. */
static void take_other_name(host_announce *announce)
{
    char *other = avahi_alternative_service_name(announce->name);
    avahi_free(announce->name);
    announce->name = other;
}

static void group_changed(AvahiEntryGroup *group, AvahiEntryGroupState state, void *context)
{
    if (state != AVAHI_ENTRY_GROUP_COLLISION) return;
    take_other_name(context);
    publish(context, avahi_entry_group_get_client(group));
}

static int add(host_announce *announce, const char *type, uint16_t port)
{
    return avahi_entry_group_add_service(announce->group, AVAHI_IF_UNSPEC, AVAHI_PROTO_INET, 0, announce->name, type,
                                         NULL, NULL, port, NULL);
}

/* A failure leaves the servers as they are, without their name on the network. */
static void publish(host_announce *announce, AvahiClient *client)
{
    if (!announce->group) announce->group = avahi_entry_group_new(client, group_changed, announce);
    if (!announce->group || !avahi_entry_group_is_empty(announce->group)) return;
    int code = AVAHI_OK;
    if (announce->http_port != 0u) code = add(announce, "_oscjson._tcp", announce->http_port);
    if (code == AVAHI_OK && announce->osc_port != 0u) code = add(announce, "_osc._udp", announce->osc_port);
    if (code == AVAHI_ERR_COLLISION) {
        take_other_name(announce);
        avahi_entry_group_reset(announce->group);
        publish(announce, client);
    } else if (code == AVAHI_OK) {
        (void)avahi_entry_group_commit(announce->group);
    }
}

static void client_changed(AvahiClient *client, AvahiClientState state, void *context)
{
    host_announce *announce = context;
    if (state == AVAHI_CLIENT_S_RUNNING) publish(announce, client);
    if ((state == AVAHI_CLIENT_S_COLLISION || state == AVAHI_CLIENT_S_REGISTERING) && announce->group)
        avahi_entry_group_reset(announce->group);
}

host_announce *host_announce_create(const char *name, uint32_t http_port, uint32_t osc_port)
{
    int code;
    host_announce *self = calloc(1, sizeof *self);
    if (!self) return NULL;
    self->http_port = (uint16_t)http_port;
    self->osc_port = (uint16_t)osc_port;
    self->name = avahi_strdup(name);
    self->poll = avahi_threaded_poll_new();
    /* NO_FAIL: a daemon that comes later is waited for. */
    if (self->poll)
        self->client =
            avahi_client_new(avahi_threaded_poll_get(self->poll), AVAHI_CLIENT_NO_FAIL, client_changed, self, &code);
    if (self->client && avahi_threaded_poll_start(self->poll) == 0) return self;
    host_announce_destroy(self);
    return NULL;
}

void host_announce_destroy(host_announce *announce)
{
    if (!announce) return;
    if (announce->poll) avahi_threaded_poll_stop(announce->poll);
    if (announce->client) avahi_client_free(announce->client); /* and its group */
    if (announce->poll) avahi_threaded_poll_free(announce->poll);
    avahi_free(announce->name);
    free(announce);
}
