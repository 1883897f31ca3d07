// SPDX-License-Identifier: MIT
#ifndef CODEC_MODELS_H
#define CODEC_MODELS_H

#include "base/embedded.h"

/* Model files of src/codec/models. */
BASE_EMBEDDED(models);

#endif
