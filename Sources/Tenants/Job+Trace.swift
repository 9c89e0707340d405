package import Jobs
import Tracing
import Traces

extension Job {
    /// Does something about this job alone within its own trace, though it is handled in a batch: what is logged and measured names that trace.
    ///
    /// - Parameter fields: what log lines carry beside those of the batch.
    package func inItsTrace(log fields: [String: String], _ body: () -> Void) {
        var context = ServiceContext.current ?? .topLevel
        // Outside of traces no payload is looked into.
        if context.trace != nil, let trace { context.trace = trace }
        context.logFields.merge(fields) { $1 }
        ServiceContext.withValue(context, operation: body)
    }
}
