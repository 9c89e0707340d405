package import Tracing

extension ServiceContext {
    private enum TraceKey: ServiceContextKey { typealias Value = TraceContext }
    private enum KeepingKey: ServiceContextKey { typealias Value = Bool }

    /// The trace that work under this context belongs to; nil without one.
    package var trace: TraceContext? {
        get { self[TraceKey.self] }
        set { self[TraceKey.self] = newValue }
    }

    /// Whether a trace that begins under this context is kept, where that is decided already; nil leaves it to the lot.
    package var keepsNewTrace: Bool? {
        get { self[KeepingKey.self] }
        set { self[KeepingKey.self] = newValue }
    }

    /// The context of the task that runs, with another trace: nil takes the trace out of it.
    package static func current(with trace: TraceContext?) -> ServiceContext {
        var context = ServiceContext.current ?? .topLevel
        context.trace = trace
        return context
    }
}

extension TraceContext {
    /// That of the task that runs.
    package static var current: TraceContext? { ServiceContext.current?.trace }
}
