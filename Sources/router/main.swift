import Glibc
import Router
import Runtime

// Smart routing. Everything it does is in the library of its name.
exit(await RouterProgram.program.run())
