import Foundation
import Synchronization

/// The most memory a server takes from now on, looked at many times a second.
final class Peak: Sendable {
    private let state = Mutex((most: 0, isOver: false))

    init(of server: Server) {
        let worker = server.worker
        let thread = Thread { [self] in
            while !state.withLock({ $0.isOver }) {
                let memory = Server.memory(of: worker)
                state.withLock { $0.most = max($0.most, memory) }
                usleep(20_000)
            }
        }
        thread.start()
    }

    /// Bytes.
    func end() -> Int {
        state.withLock { state in
            state.isOver = true
            return state.most
        }
    }
}
