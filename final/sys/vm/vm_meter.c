/* SPDX-License-Identifier: BSD-3-Clause */
/**
 * @file
 * Who has how many pages, and whether that adds up.
 */
#include <sys/malloc.h>
#include <sys/sysctl.h>
#include <sys/systm.h>
#include <sys/thread.h>
#include <vm/vm_map.h>
#include <vm/vm_object.h>
#include <vm/vm_page.h>

/**
 * Checks, when all is at rest, that every page is free or somebody's, and says
 * so, or which number is off.  Called at shutdown.
 * @return	whether all is well
 */
bool
vm_page_audit_print(void)
{
	u_long total = vm_page_total_count(), free = vm_page_free_count();
	u_long object = vm_pages_object, user = vm_pages_user;
	u_long used = pmap_pages + kmem_pages + user;
	const char *wrong = vm_page_audit();

	if (wrong != NULL)
		kprintf("pages: %s\n", wrong);
	if (object > user)
		kprintf(
		    "pages: %lu in objects, of %lu allocated\n", object, user);
	if (free + used == total)
		kprintf("pages: all %lu accounted for\n", total);
	else
		kprintf("pages: %lu of %lu are %s\n",
		    free + used < total ? total - free - used
					: free + used - total,
		    total, free + used < total ? "lost" : "counted twice");
	kprintf("pages: %lu free, %lu tables, %lu kernel stacks, %lu "
		"kernel memory, %lu files and shared memory, %lu private\n",
	    free, pmap_pages - kstack_pages, kstack_pages, kmem_pages, object,
	    user - object);
	return (wrong == NULL && object <= user && free + used == total);
}

static int
sysctl_free(struct sysctl_oid *oid __unused, struct sysctl_req *req)
{
	int n = (int)vm_page_free_count();

	return (SYSCTL_OUT(req, &n, sizeof(n)));
}

static int
sysctl_total(struct sysctl_oid *oid __unused, struct sysctl_req *req)
{
	int n = (int)vm_page_total_count();

	return (SYSCTL_OUT(req, &n, sizeof(n)));
}

SYSCTL_NODE(vm_stats, "vm.stats", OID_AUTO, "Pages");
SYSCTL_PROC(vm_free, "vm.stats.free_count", CTLTYPE_INT | CTLFLAG_RD, NULL, 0,
    sysctl_free, "I", "Free pages");
SYSCTL_PROC(vm_total, "vm.stats.page_count", CTLTYPE_INT | CTLFLAG_RD, NULL, 0,
    sysctl_total, "I", "All pages");
SYSCTL_INT(vm_maxentries, "vm.max_proc_mmap", CTLFLAG_RW, &vm_max_entries,
    "Most mappings of an address space");
SYSCTL_LONG(vm_objects, "vm.stats.object_count", CTLFLAG_RD, &vm_pages_object,
    "Pages of files and shared memory");
SYSCTL_LONG(vm_user, "vm.stats.user_count", CTLFLAG_RD, &vm_pages_user,
    "Pages of files, of shared memory, and private ones");
SYSCTL_LONG(vm_tables, "vm.stats.pmap_count", CTLFLAG_RD, &pmap_pages,
    "Page tables and kernel stacks");
