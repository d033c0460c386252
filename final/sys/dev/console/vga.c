/* SPDX-License-Identifier: BSD-3-Clause */
/**
 * @file
 * VGA text as a console: 80 by 25 characters at physical 0xb8000.
 *
 * Absent when the boot loader says that the display is in another mode, as it
 * does under UEFI: there is no such memory then.  When it says nothing, which
 * GRUB does on old BIOS machines, text mode is taken for granted.
 */
#include <sys/cons.h>
#include <sys/systm.h>
#include <cpu/cpufunc.h>
#include <machine/md_var.h>
#include <machine/vmparam.h>

#define VGA_PHYS       0xb8000
#define VGA_COLS       80
#define VGA_ROWS       25
#define VGA_ATTR       0x0700 /* light grey on black */
#define CRTC_INDEX     0x3d4
#define CRTC_DATA      0x3d5
#define CRTC_CURSOR_HI 14
#define CRTC_CURSOR_LO 15

static volatile uint16_t *const vga_cells =
    (volatile uint16_t *)(DMAP_MIN_ADDRESS + VGA_PHYS);
static u_int vga_row, vga_col;

static void
vga_clear_row(u_int row)
{
	for (u_int i = 0; i < VGA_COLS; i++)
		vga_cells[row * VGA_COLS + i] = VGA_ATTR | ' ';
}

static void
vga_scroll(void)
{
	for (u_int i = 0; i < (VGA_ROWS - 1) * VGA_COLS; i++)
		vga_cells[i] = vga_cells[i + VGA_COLS];
	vga_clear_row(VGA_ROWS - 1);
}

static void
vga_cursor(void)
{
	u_int pos = vga_row * VGA_COLS + vga_col;

	outb(CRTC_INDEX, CRTC_CURSOR_HI);
	outb(CRTC_DATA, pos >> 8);
	outb(CRTC_INDEX, CRTC_CURSOR_LO);
	outb(CRTC_DATA, pos);
}

static void
vga_newline(void)
{
	vga_col = 0;
	if (vga_row < VGA_ROWS - 1)
		vga_row++;
	else
		vga_scroll();
}

static bool
vga_probe(void)
{
	if (boot_info.has_framebuffer &&
	    boot_info.framebuffer_type != MB2_FRAMEBUFFER_TEXT)
		return (false);
	for (u_int row = 0; row < VGA_ROWS; row++)
		vga_clear_row(row);
	vga_row = vga_col = 0;
	return (true);
}

static void
vga_putc(int c)
{
	switch (c) {
	case '\n':
		vga_newline();
		vga_cursor();
		return;
	case '\r':
		vga_col = 0;
		return;
	case '\t':
		do
			vga_putc(' ');
		while (vga_col % 8 != 0);
		return;
	case '\b':
		if (vga_col > 0)
			vga_col--;
		return;
	}
	vga_cells[vga_row * VGA_COLS + vga_col] = VGA_ATTR | (u_char)c;
	if (++vga_col == VGA_COLS)
		vga_newline();
}

/** The VGA text screen. */
const struct consdev vga_consdev = {
	.cn_name = "vga",
	.cn_probe = vga_probe,
	.cn_putc = vga_putc,
};
