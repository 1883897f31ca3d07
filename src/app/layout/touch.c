// SPDX-License-Identifier: MIT
// A layout for TouchOSC (.tosc): XML in a zlib stream, a page for each group of parameters.
#include "app/layout/layout.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define WIDTH 1024
#define HEIGHT 768
#define TAB_HEIGHT 40
#define MARGIN 8
#define LABEL_HEIGHT 24
#define TEXT_SIZE 14
#define LEAST_TEXT_SIZE 8
#define LETTER_WIDTH 0.55   /* of the text's size, on average */
#define STORED_BYTES 65535u /* of one stored block of a deflate stream */
#define ADLER_BASE 65521u

typedef struct {
    int x, y, width, height;
} box;

static void put_text(FILE *file, const char *key, const char *text)
{
    fprintf(file, "<property type='s'><key>%s</key><value><![CDATA[%s]]></value></property>", key, text);
}

static void put_box(FILE *file, box place)
{
    fprintf(file,
            "<property type='r'><key>frame</key><value><x>%d</x><y>%d</y><w>%d</w><h>%d</h></value></property>"
            "<property type='c'><key>color</key><value><r>0.2</r><g>0.55</g><b>0.6</b><a>1</a></value></property>",
            place.x, place.y, place.width, place.height);
}

static void begin_node(FILE *file, const char *type, const char *name, box place)
{
    static unsigned count; /* ids are told apart by it, and are the same in each run */
    fprintf(file, "<node ID='00000000-0000-4000-8000-%012x' type='%s'><properties>", ++count, type);
    put_text(file, "name", name);
    put_box(file, place);
}

static void put_value(FILE *file, const char *key, const char *standard)
{
    fprintf(file,
            "<value><key>%s</key><locked>0</locked><lockedDefaultCurrent>0</lockedDefaultCurrent>"
            "<default><![CDATA[%s]]></default><defaultPull>0</defaultPull></value>",
            key, standard);
}

/* The fader's 0 to 1 is the range of the control, in both directions. */
static void put_message(FILE *file, const layout_widget *widget)
{
    fprintf(file,
            "<messages><osc><enabled>1</enabled><send>1</send><receive>1</receive><feedback>0</feedback>"
            "<connections>00001</connections><triggers><trigger><var><![CDATA[x]]></var><condition>ANY</condition>"
            "</trigger></triggers><path><partial><type>CONSTANT</type><conversion>STRING</conversion>"
            "<value><![CDATA[%s]]></value><scaleMin>0</scaleMin><scaleMax>1</scaleMax></partial></path><arguments>"
            "<partial><type>VALUE</type><conversion>FLOAT</conversion><value><![CDATA[x]]></value>"
            "<scaleMin>%g</scaleMin><scaleMax>%g</scaleMax></partial></arguments></osc></messages>",
            widget->address, (double)widget->min, (double)widget->max);
}

/* Letters as large as the label has room for. */
static void put_label(FILE *file, const char *text, box place)
{
    const int fits = (int)(place.width / (LETTER_WIDTH * (double)(strlen(text) + 1u)));
    const int size = fits > TEXT_SIZE ? TEXT_SIZE : fits < LEAST_TEXT_SIZE ? LEAST_TEXT_SIZE : fits;
    begin_node(file, "LABEL", text, place);
    fprintf(file, "<property type='i'><key>textSize</key><value>%d</value></property></properties><values>", size);
    put_value(file, "text", text);
    fputs("</values><messages></messages></node>", file);
}

static void put_widget(FILE *file, const layout_widget *widget, box place)
{
    char standard[32];
    const bool is_button = widget->info->unit == RSD_UNIT_SWITCH;
    const float span = widget->max - widget->min;
    put_label(file, widget->label, (box){place.x, place.y, place.width, LABEL_HEIGHT});
    begin_node(file, is_button ? "BUTTON" : "FADER", widget->info->symbol,
               (box){place.x, place.y + LABEL_HEIGHT, place.width, place.height - LABEL_HEIGHT});
    if (is_button) fputs("<property type='i'><key>buttonType</key><value>2</value></property>", file); /* toggles */
    fputs("</properties><values>", file);
    snprintf(standard, sizeof standard, "%g", span > 0.0f ? (double)((widget->standard - widget->min) / span) : 0.0);
    put_value(file, "x", standard);
    fputs("</values>", file);
    put_message(file, widget);
    fputs("</node>", file);
}

/* Names of codecs and presets have no widget here: TouchOSC has none that a person types into. */
static bool is_shown(const layout_widget *widget) { return widget->info->unit != RSD_UNIT_TEXT; }

static uint32_t count_shown(const layout *made, rsd_param_group group)
{
    uint32_t count = 0;
    for (uint32_t i = layout_find_group(made, group, 0); i < made->widget_count;
         i = layout_find_group(made, group, i + 1u))
        count += is_shown(&made->widgets[i]);
    return count;
}

static void put_page(FILE *file, const layout *made, rsd_param_group group)
{
    const uint32_t count = count_shown(made, group);
    if (count == 0u) return;
    const uint32_t columns = count <= LAYOUT_ONE_ROW ? count : LAYOUT_MANY_COLUMNS,
                   rows = (count + columns - 1u) / columns;
    const int w = (WIDTH - MARGIN) / (int)columns, h = (HEIGHT - TAB_HEIGHT - MARGIN) / (int)rows;
    uint32_t shown = 0;
    begin_node(file, "GROUP", rsd_param_group_symbol(group), (box){0, TAB_HEIGHT, WIDTH, HEIGHT - TAB_HEIGHT});
    put_text(file, "tabLabel", rsd_param_group_name(group));
    fputs("</properties><values></values><messages></messages><children>", file);
    for (uint32_t i = layout_find_group(made, group, 0); i < made->widget_count;
         i = layout_find_group(made, group, i + 1u)) {
        if (!is_shown(&made->widgets[i])) continue;
        const int column = (int)(shown % columns), row = (int)(shown / columns);
        put_widget(file, &made->widgets[i], (box){MARGIN + column * w, MARGIN + row * h, w - MARGIN, h - MARGIN});
        shown++;
    }
    fputs("</children></node>", file);
}

static void put_xml(FILE *file, const layout *made)
{
    fputs("<?xml version='1.0' encoding='UTF-8'?><lexml version='3'>", file);
    begin_node(file, "GROUP", "Residuum", (box){0, 0, WIDTH, HEIGHT});
    fputs("</properties><values></values><messages></messages><children>", file);
    begin_node(file, "PAGER", "pages", (box){0, 0, WIDTH, HEIGHT});
    fprintf(file, "<property type='i'><key>tabbarSize</key><value>%d</value></property>", TAB_HEIGHT);
    fputs("</properties><values></values><messages></messages><children>", file);
    for (uint32_t group = 0; rsd_param_group_name(group); group++) put_page(file, made, (rsd_param_group)group);
    fputs("</children></node></children></node></lexml>", file);
}

/* ---- zlib (RFC 1950, 1951) with stored blocks: no library, and TouchOSC reads any ---- */

static uint32_t adler32(const unsigned char *data, size_t bytes)
{
    uint32_t a = 1, b = 0;
    for (size_t i = 0; i < bytes; i++) {
        a = (a + data[i]) % ADLER_BASE;
        b = (b + a) % ADLER_BASE;
    }
    return b << 16 | a;
}

static void put_stored(FILE *file, const unsigned char *data, size_t bytes)
{
    fputs("\x78\x01", file);
    for (size_t at = 0; at < bytes; at += STORED_BYTES) {
        const unsigned length = bytes - at < STORED_BYTES ? (unsigned)(bytes - at) : STORED_BYTES;
        const unsigned char head[5] = {at + length == bytes, (unsigned char)length, (unsigned char)(length >> 8),
                                       (unsigned char)~length, (unsigned char)(~length >> 8)};
        fwrite(head, 1, sizeof head, file);
        fwrite(data + at, 1, length, file);
    }
    const uint32_t sum = adler32(data, bytes);
    for (int shift = 24; shift >= 0; shift -= 8) fputc((int)(sum >> shift & 0xffu), file);
}

bool layout_print_touch(const layout *made)
{
    char *xml = NULL;
    size_t bytes = 0;
    FILE *file = open_memstream(&xml, &bytes);
    if (!file) return false;
    put_xml(file, made);
    if (fclose(file) == 0) put_stored(stdout, (const unsigned char *)xml, bytes);
    free(xml);
    return bytes > 0u;
}
