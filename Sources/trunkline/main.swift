import Glibc
import TrunklineCommand

exit(await RootCommand.exitCode(running: nil))
