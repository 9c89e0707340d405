#pragma once
// What a thread asks of Linux's scheduler and Swift has no name for.

/// Asks for short turns on the processor: a thread that waits for the network most of the time then runs as soon as it is woken, also where
/// busy threads are in the middle of theirs. Needs no rights. From Linux 6.12 on; before that it changes nothing.
///
/// - Returns: 0, or the system's error number.
int scheduling_prefer_short_turns(unsigned long long nanoseconds);

/// Lets the thread run only while no other wants its processor: whoever is woken there goes on at once, which a low priority alone does not bring about.
/// Where the processors are busy all the time it hardly runs at all. Needs no rights, and can't be taken back.
///
/// - Returns: 0, or the system's error number.
int scheduling_take_what_is_left(void);

/// Whether the system refuses one of both, as a filter of system calls does: tries them on a thread of its own, which then ends.
///
/// - Returns: 0, or the system's error number.
int scheduling_refused(unsigned long long nanoseconds);
