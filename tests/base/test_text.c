// SPDX-License-Identifier: MIT
// Text from outside: encodings, what a terminal must not get, hexadecimal.
#include "base/text.h"

#include "base/error.h"

#include <residuum/rsd_status.h>

#include <criterion/criterion.h>
#include <stdlib.h>
#include <string.h>

Test(text, utf8_is_told_from_other_encodings)
{
    static const char *const good[] = {"", "a=b", "h\xc3\xb6ren", "\xe2\x82\xac", "\xf0\x9f\x8e\xb5", "\x7f"};
    static const char *const bad[] = {"h\xf6ren",         "\xc0\x80", "\xe0\x80\x80", "\xed\xa0\x80",
                                      "\xf4\x90\x80\x80", "\xe2\x82", "\x80",         "\xff\xfe"};
    for (size_t i = 0; i < sizeof good / sizeof *good; i++) cr_expect(text_is_utf8(good[i]), "%zu", i);
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        cr_expect(!text_is_utf8(bad[i]), "%zu", i);
        char *copy = text_utf8_copy(bad[i]);
        cr_expect(text_is_utf8(copy), "%zu", i);
        free(copy);
    }
    char text[8];
    text_to_utf8("h\xf6ren", text, sizeof text);
    cr_expect_str_eq(text, "h\xef\xbf\xbdren");
    text_to_utf8("abcde\xe2\x82\xac", text, sizeof text);
    cr_expect_str_eq(text, "abcde", "cut before the character that does not fit");
}

Test(text, what_controls_a_terminal_is_escaped_and_nothing_else)
{
    char shown[64];
    cr_expect(text_escape("a\x1b[2J\nb\x7f", shown, sizeof shown));
    cr_expect_str_eq(shown, "a\\x1b[2J\\x0ab\\x7f");
    cr_expect(text_escape("\x9b"
                          "31m \xc2\x9b"
                          "31m",
                          shown, sizeof shown),
              "C1, alone and as UTF-8");
    cr_expect_str_eq(shown, "\\x9b31m \\xc2\\x9b31m");
    cr_expect(text_escape("h\xc3\xb6ren h\xf6ren \xe2\x82\xac", shown, sizeof shown));
    cr_expect_str_eq(shown, "h\xc3\xb6ren h\xf6ren \xe2\x82\xac");
    cr_expect(!text_escape("ab\x1b", shown, 6));
    cr_expect_str_eq(shown, "ab");
}

Test(text, byte_order_marks_are_skipped_or_named)
{
    const char *text = "\xef\xbb\xbf{}";
    size_t size = 5;
    cr_expect_null(text_skip_mark(&text, &size));
    cr_expect_eq(size, 2u);
    cr_expect_str_eq(text, "{}");
    static const struct {
        const char *bytes, *word;
    } rows[] = {{"\xff\xfe{\0}\0", "UTF-16"},
                {"\xfe\xff\0{\0}", "UTF-16"},
                {"{\0}\0  ", "UTF-16"},
                {"\0{\0}  ", "UTF-16"},
                {"\xff\xfe\0\0{\0", "UTF-32"}};
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        text = rows[i].bytes;
        size = 6;
        const char *problem = text_skip_mark(&text, &size);
        cr_expect(problem && strstr(problem, rows[i].word), "row %zu: %s", i, problem ? problem : "nothing");
    }
    size = 0;
    cr_expect_null(text_skip_mark(&text, &size));
}

Test(text, any_bytes_come_back_from_hex)
{
    char name[256], hex[512], back[256];
    for (int i = 1; i < 256; i++) name[i - 1] = (char)(unsigned char)i;
    name[255] = '\0';
    text_to_hex(name, hex);
    cr_expect(text_from_hex(hex, back, sizeof back));
    cr_expect_str_eq(back, name);
    cr_expect(!text_from_hex(hex, back, 255));
    cr_expect(!text_from_hex("4", back, sizeof back));
    cr_expect(!text_from_hex("4g", back, sizeof back));
    cr_expect(!text_from_hex("0041", back, sizeof back));
}

Test(text, a_message_about_a_long_path_keeps_its_reason_and_controls_nothing)
{
    char path[5000];
    rsd_error error;
    memset(path, 'p', sizeof path);
    path[sizeof path - 1] = '\0';
    base_error_set(&error, RSD_ERR_IO, "cannot open '%s': No such file", path);
    cr_expect(strlen(error.text) < RSD_ERROR_TEXT_BYTES);
    cr_expect(strncmp(error.text, "cannot open 'ppp", 16) == 0, "%s", error.text);
    cr_expect_str_eq(error.text + strlen(error.text) - 16, "p': No such file");
    base_error_set(&error, RSD_ERR_IO, "'%s'", "a\x1b]0;title\x07\nb");
    cr_expect_str_eq(error.text, "'a\\x1b]0;title\\x07 b'");
    for (size_t i = 0; i + 2u < sizeof path; i += 2u) memcpy(path + i, "\xc3\xb6", 2u);
    path[sizeof path - 2] = '\0';
    base_error_set(&error, RSD_ERR_IO, "x%s", path);
    cr_expect(text_is_utf8(error.text), "cut between characters");
}
