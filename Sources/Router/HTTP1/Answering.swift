/// A request as any version of HTTP brings it.
struct RouteRequest {
    var method: RequestHead.Method
    var path: UnsafeRawBufferPointer
    var key: UnsafeRawBufferPointer?
    var authorization: UnsafeRawBufferPointer?
    var body: UnsafeRawBufferPointer
    /// Address of the other side.
    var address: [UInt8]
}

/// Who answers the requests of the connections of one event loop. Only on its thread.
protocol Answering: AnyObject {
    var settings: RouteSettings { get }

    /// Answers at once, or returns nil and answers by `later`, on this loop, within the deadline.
    func answer(_ request: RouteRequest, later: @escaping (Answer) -> Void) -> Answer?

    /// Whether a request is refused whatever its body says; its body counts for nothing.
    func refusal(_ request: RouteRequest) -> Answer?

    /// Counts a refusal that was made without asking, and returns it.
    func count(_ answer: Answer) -> Answer

    /// Takes a connection into its care; false when there are as many as there may be: then it has to be closed.
    func admit(_ connection: any Sweepable) -> Bool
    /// The connection is gone.
    func remove(_ connection: any Sweepable)

    /// Nanoseconds of a clock that only goes forward.
    static func ticks() -> UInt64
}

/// A connection with a patience.
protocol Sweepable: AnyObject {
    /// Ends what took too long; called every second.
    func sweep(at now: UInt64)
    /// No more requests after the present one.
    func drain()
    /// Ends, whatever is under way.
    func abort()
}
