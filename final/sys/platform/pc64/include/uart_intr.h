/* SPDX-License-Identifier: BSD-3-Clause */
/**
 * @file
 * COM1 as the line of a terminal: beside uart.c, which is a console's.
 */
#ifndef _MACHINE_UART_INTR_H_
#define _MACHINE_UART_INTR_H_

#include <sys/types.h>

#define UART_IRQ 4 /* of COM1 */

/* --- dev/serial/uart_intr.c --- */
bool uart_present(void);
void uart_put_raw(int c);
void uart_intr_enable(void);
void uart_receive(void (*input)(int c));

#endif
