import Console
import Glibc
import Runtime

// The web console. Everything it does is in the library of its name.
exit(await ConsoleProgram.program.run())
