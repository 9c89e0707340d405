import Glibc
import Runtime
import UserSync

// People, settings and the directory. Everything it does is in the library of its name.
exit(await UserSyncProgram.program.run())
