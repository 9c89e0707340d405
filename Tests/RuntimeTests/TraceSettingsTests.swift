import Testing

@testable import Runtime

@Suite struct TraceSettingsTests {
    @Test(arguments: [
        ("http://collector:4318", "http://collector:4318/v1/traces"),
        ("https://otel.example/custom", "https://otel.example/custom"),
    ])
    func `a bare address gets the protocol's own path`(address: String, endpoint: String) {
        #expect(TraceSettings.complete(address) == endpoint)
    }

    @Test func `headers are read one a line`() throws {
        let headers = try #require(TraceSettings.headers("Authorization: Bearer a:b\n\n X-Org :1\r\n"))
        #expect(headers.map(\.name) == ["Authorization", "X-Org"] && headers.map(\.value) == ["Bearer a:b", "1"])
        for line in ["no colon", ": no name", "two words: x"] { #expect(TraceSettings.headers(line) == nil) }
    }

    private func settings(_ lines: String, environment: [String: String] = [:]) throws -> TraceSettings? {
        let folder = try Folder()
        try folder.write("trunkline.yaml", "database: {url: postgresql://h/d}\n" + lines)
        let configuration = try ProgramConfiguration.load(
            schema: .common, file: folder.path + "/trunkline.yaml", flags: [:], environment: environment)
        return try TraceSettings(configuration)
    }

    @Test func `without an address there are no traces`() throws {
        #expect(try settings("traces: {sample: 0.5}\n") == nil)
        let given = try #require(
            try settings(
                "traces: {endpoint: http://collector:4318, sample: 0.25}\n", environment: ["TRUNKLINE_TRACES_HEADERS": "A: b"]))
        #expect(given.ratio == 0.25 && given.endpoint.hasSuffix("/v1/traces") && given.headers.first?.value == "b")
    }

    @Test(arguments: ["2", "-0.1", "some", "nan"])
    func `a share is a number from 0 to 1`(text: String) throws {
        #expect(throws: ConfigurationError.self) { try settings("traces: {endpoint: http://c, sample: \(text)}\n") }
    }

    @Test func `a line that is no header is told without being shown`() throws {
        let error = try #require(throws: ConfigurationError.self) {
            try settings("traces: {endpoint: http://c}\n", environment: ["TRUNKLINE_TRACES_HEADERS": "sesame"])
        }
        #expect("\(error)".contains("traces.headers") && !"\(error)".contains("sesame"))
    }
}
