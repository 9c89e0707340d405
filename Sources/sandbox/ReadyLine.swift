import Foundation
import Sandbox
import ServiceLifecycle

/// Prints where the sandbox is found, once, when its ports are open.
struct ReadyLine: Service {
    let server: SandboxServer

    func run() async throws {
        guard let addresses = try? await server.ready() else { return }
        FileHandle.standardOutput.write(Data((addresses.line + "\n").utf8))
        try? await gracefulShutdown()
    }
}
