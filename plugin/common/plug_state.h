// SPDX-License-Identifier: MIT
#ifndef PLUG_STATE_H
#define PLUG_STATE_H

#define PLUG_STATE_FORMAT "residuum-plugin-state"
#define PLUG_STATE_VERSION 1

#endif
