// SPDX-License-Identifier: MIT
// Status codes in words, and messages of errors.
#include "base/error.h"

#include <residuum/rsd_status.h>

#include <criterion/criterion.h>
#include <stdio.h>
#include <string.h>

Test(status, every_code_has_a_phrase_of_its_own)
{
    for (int a = RSD_OK; a <= RSD_ERR_THREAD; a++) {
        const char *text = rsd_status_text((rsd_status)a);
        cr_assert_not_null(text);
        cr_assert_str_neq(text, rsd_status_text((rsd_status)1000), "code %d has no phrase", a);
        for (int b = RSD_OK; b < a; b++)
            cr_assert_str_neq(text, rsd_status_text((rsd_status)b), "codes %d and %d read the same", a, b);
    }
}

Test(status, a_number_that_is_no_code_still_gives_words)
{
    cr_assert_str_eq(rsd_status_text((rsd_status)1000), "unknown status");
    cr_assert_str_eq(rsd_status_text((rsd_status)-1), "unknown status");
}

Test(error, the_line_is_formatted_and_the_status_handed_back)
{
    rsd_error error;
    cr_assert_eq(base_error_set(&error, RSD_ERR_FORMAT, "%s:%d: key \"%s\"", "a.json", 3, "x"), RSD_ERR_FORMAT);
    cr_assert_eq(error.status, RSD_ERR_FORMAT);
    cr_assert_str_eq(error.text, "a.json:3: key \"x\"");
}

Test(error, no_place_for_the_line_still_hands_the_status_back)
{
    cr_assert_eq(base_error_set(NULL, RSD_ERR_IO, "%d", 1), RSD_ERR_IO);
}

Test(error, longer_text_is_cut_inside_the_buffer)
{
    struct {
        rsd_error error;
        char guard[16];
    } box;
    memset(&box, 'g', sizeof box);
    char wide[2 * RSD_ERROR_TEXT_BYTES];
    memset(wide, 'w', sizeof wide - 1u);
    wide[sizeof wide - 1u] = '\0';
    cr_assert_eq(base_error_set(&box.error, RSD_ERR_ARG, "%s", wide), RSD_ERR_ARG);
    cr_assert_eq(strlen(box.error.text), RSD_ERROR_TEXT_BYTES - 1u);
    for (size_t i = 0; i < sizeof box.guard; i++) cr_assert_eq(box.guard[i], 'g', "byte %zu after the text", i);
}

Test(error, a_newline_from_outside_does_not_break_the_line)
{
    rsd_error error;
    cr_assert_eq(base_error_set(&error, RSD_ERR_IO, "no file '%s'", "a\r\nb"), RSD_ERR_IO);
    cr_assert_str_eq(error.text, "no file 'a  b'");
}

Test(error, ok_leaves_the_line_empty)
{
    rsd_error error;
    memset(&error, 'x', sizeof error);
    cr_assert_eq(base_error_set(&error, RSD_OK, "ignored"), RSD_OK);
    cr_assert_str_empty(error.text);
}
