/// A page that is being read while the one before it is stored.
struct PageAhead: Sendable {
    let link: String
    private let task: Task<DirectoryPage, any Error>

    init(_ link: String, _ read: @escaping @Sendable () async throws -> DirectoryPage) {
        self.link = link
        task = Task { try await read() }
    }

    func page() async throws -> DirectoryPage {
        try await withTaskCancellationHandler {
            try await task.value
        } onCancel: {
            task.cancel()
        }
    }

    func cancel() { task.cancel() }
}
