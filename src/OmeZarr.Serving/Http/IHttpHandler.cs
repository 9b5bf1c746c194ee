namespace OmeZarr.Serving.Http;

/// <summary>Answers requests. Any number of threads at once.</summary>
public interface IHttpHandler
{
    /// <summary>Answers a request, by one of the response's methods.</summary>
    /// <exception cref="HttpRefusedException">It is answered with that error.</exception>
    void Answer(HttpRequest request, HttpResponse response, CancellationToken cancel);
}
