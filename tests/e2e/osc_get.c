// SPDX-License-Identifier: MIT
// osc_get PORT SYMBOL: asks a running `live` for one value over OSC and prints it.
#include <lo/lo.h>

#include <stdio.h>

static int answered;

static int on_value(const char *path, const char *types, lo_arg **args, int count, lo_message message, void *context)
{
    (void)path;
    (void)message;
    (void)context;
    if (count == 2 && types[1] == 'f') printf("%g\n", (double)args[1]->f);
    if (count == 2 && types[1] == 's') puts(&args[1]->s);
    answered = 1;
    return 0;
}

int main(int argc, char **argv)
{
    if (argc != 3) return 2;
    lo_server server = lo_server_new(NULL, NULL);
    lo_address to = lo_address_new("127.0.0.1", argv[1]);
    if (!server || !to) return 1;
    lo_server_add_method(server, "/residuum/value", NULL, on_value, NULL);
    lo_message message = lo_message_new();
    lo_message_add_string(message, argv[2]);
    lo_send_message_from(to, server, "/residuum/get", message);
    lo_server_recv_noblock(server, 2000);
    lo_message_free(message);
    lo_address_free(to);
    lo_server_free(server);
    return answered ? 0 : 1;
}
