package import Logging
package import Tracing

extension ServiceContext {
    private enum LogFieldsKey: ServiceContextKey { typealias Value = [String: String] }

    /// What every log line written under this context carries: whose work it is (`tenant`), and which call's (`call`).
    package var logFields: [String: String] {
        get { self[LogFieldsKey.self] ?? [:] }
        set { self[LogFieldsKey.self] = newValue }
    }

    /// Runs the body with further log fields; a nil value changes nothing.
    package static func withLogFields<Value>(
        _ fields: [String: String?], isolation: isolated (any Actor)? = #isolation, _ body: () async throws -> Value
    ) async rethrows -> Value {
        var context = ServiceContext.current ?? .topLevel
        context.logFields.merge(fields.compactMapValues(\.self)) { $1 }
        return try await ServiceContext.withValue(context, operation: body)
    }
}

extension Logger.MetadataProvider {
    /// The log fields, trace and span of the task that logs.
    package static let ofContext = Logger.MetadataProvider {
        guard let context = ServiceContext.current else { return [:] }
        var metadata = Logger.Metadata(minimumCapacity: 4)
        for (name, value) in context.logFields { metadata[name] = .string(value) }
        if let trace = context.trace {
            metadata["trace_id"] = .string("\(trace.trace)")
            metadata["span_id"] = .string("\(trace.span)")
        }
        return metadata
    }
}
