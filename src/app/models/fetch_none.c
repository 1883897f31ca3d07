// SPDX-License-Identifier: MIT
// In place of fetch_curl.c where the command is built without libcurl.
#include "app/models/fetch.h"

rsd_status fetch_url(fetch_job *job, rsd_error *error)
{
    return rsd_error_set(error, RSD_ERR_UNSUPPORTED,
                         "%.300s: this residuum is built without libcurl, which fetches from the network; with "
                         "libcurl4-openssl-dev installed it is built in. Fetch the files by other means, and give "
                         "their folder: --from DIR",
                         job->source);
}
