import CallSync
import Glibc
import Runtime

// Calls from Enreach to Dynamics. Everything it does is in the library of its name.
exit(await CallSyncProgram.program.run())
