import CallbackSync
import Glibc
import Runtime

// Callback requests from Enreach to Dynamics. Everything it does is in the library of its name.
exit(await CallbackSyncProgram.program.run())
