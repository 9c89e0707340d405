import UnixSignals

/// Ctrl-C, and the polite request of a process manager.
enum Interrupt {
    /// Waits for the first of them.
    static func wait() async {
        for await _ in await UnixSignalsSequence(trapping: [.sigint, .sigterm]) { return }
    }
}
