package import NIOHTTP1
package import Tracing

/// Writes the trace into the head of a request.
package struct HeaderInjector: Injector {
    package init() {}

    package func inject(_ value: String, forKey key: String, into headers: inout HTTPHeaders) {
        headers.replaceOrAdd(name: key, value: value)
    }
}

extension HTTPHeaders {
    /// Adds the trace of the task that runs, if it has one and traces are on.
    package mutating func addTrace() {
        guard let context = ServiceContext.current else { return }
        InstrumentationSystem.instrument.inject(context, into: &self, using: HeaderInjector())
    }
}

/// Reads the trace out of names and values.
package struct FieldExtractor: Extractor {
    package init() {}

    package func extract(key: String, from fields: [String: String]) -> String? { fields[key] }
}

extension ServiceContext {
    /// The context of the task that runs, within the trace that the fields name, if they do and traces are on.
    package static func current(reading fields: [String: String]) -> ServiceContext {
        var context = ServiceContext.current ?? .topLevel
        InstrumentationSystem.instrument.extract(fields, into: &context, using: FieldExtractor())
        return context
    }
}
