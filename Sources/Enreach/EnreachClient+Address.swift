extension EnreachClient {
    /// The API's base address, without a slash at its end: found by discovery, kept for a while.
    public func apiAddress() async throws -> String { try await session.address() }
}
