extension RehearsedHub {
    /// Raises a hub, uses it, and takes it down however that went.
    static func use<Outcome: Sendable>(
        _ options: Options, tell: @Sendable (String) -> Void = { _ in }, _ body: (RehearsedHub) async throws -> Outcome
    ) async throws -> Outcome {
        let hub = try await raise(options, tell: tell)
        do {
            let outcome = try await body(hub)
            await hub.takeDown()
            return outcome
        } catch {
            await hub.takeDown()
            throw error
        }
    }
}
