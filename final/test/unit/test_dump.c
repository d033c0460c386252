/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The VMCS dump reads only fields that exist and names what it prints; the
 * dump of capabilities is what the vectors are made of.
 */
#include "image.h"
#include "vmx_dump.h"
#include "vmx_names.h"

#include <unistd.h>

/* image_rd() fails the test for a field that the processor lacks. */
static void
every_machine(void **state)
{
	static struct image im;
	struct vmx_caps caps;

	(void)state;
	for (size_t n = 0; vector_name(n) != NULL; n++) {
		vector_load(vector_name(n), &caps);
		image_init(&im, &caps);
		console_clear();
		vmx_dump(image_rd, &im, &caps);
		assert_non_null(strstr(console, "VMCS host state:\n"));
		assert_non_null(strstr(console, "VMCS exit information:\n"));
		assert_non_null(strstr(console, "  6c16 host RIP  "));
	}
}

static void
numbers_and_words(void **state)
{
	static struct image im;
	struct vmx_caps caps;

	(void)state;
	vector_load("real-i7-4770", &caps);
	image_init(&im, &caps);
	im.field[VMCS_EXIT_REASON] = 0x80000021;
	im.field[VMCS_INSTRUCTION_ERROR] = 7;
	console_clear();
	vmx_dump(image_rd, &im, &caps);
	assert_non_null(strstr(console, " ffffffff80101000\n"));
	assert_non_null(strstr(console, " 0023\n"));	 /* 16 bits */
	assert_non_null(strstr(console, " 0000a0fb\n")); /* 32 bits */
	assert_non_null(strstr(console,
	    "invalid guest state: the VM entry "
	    "failed"));
	assert_non_null(strstr(console, "entry with invalid control fields"));
	assert_non_null(strstr(console, "bit  9 host address-space size\n"));
	assert_null(strstr(console, "unknown field"));
}

static void
control_word(void **state)
{
	(void)state;
	console_clear();
	vmx_dump_ctl(VMX_CTL_PIN, 0x9);
	assert_string_equal(console,
	    "pin-based controls 9\n"
	    "    bit  0 external-interrupt exiting\n"
	    "    bit  3 NMI exiting\n");
}

/* What is printed, read as a vector, is the processor it was printed of. */
static void
capabilities_round_trip(void **state)
{
	char folder[] = "/tmp/vector.XXXXXX", path[64];
	struct vmx_caps caps, again;
	FILE *file;

	(void)state;
	assert_non_null(mkdtemp(folder));
	snprintf(path, sizeof(path), "%s/again.txt", folder);
	for (size_t n = 0; vector_name(n) != NULL; n++) {
		vector_load(vector_name(n), &caps);
		console_clear();
		vmx_dump_caps(&caps);
		file = fopen(path, "w");
		assert_non_null(file);
		fputs(console, file);
		fclose(file);
		vector_load_file(path, &again);
		assert_memory_equal(&caps, &again, sizeof(caps));
	}
	unlink(path);
	rmdir(folder);
}

int
main(int argc, char **argv)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_machine),
		cmocka_unit_test(numbers_and_words),
		cmocka_unit_test(control_word),
		cmocka_unit_test(capabilities_round_trip),
	};

	vector_init(argc > 1 ? argv[1] : "vectors");
	return (RUN_TESTS(tests));
}
