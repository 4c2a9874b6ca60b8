import java.io.*;
import java.net.*;
import java.net.http.*;

/** GETs one address and POSTs "ahoy" to another, by one of Java's own clients; prints both bodies. */
public class Calls {
    public static void main(String[] given) throws Exception {
        boolean old = given[0].equals("HttpURLConnection");
        String first = old ? connection(given[1], null) : client(given[1], null);
        String second = old ? connection(given[2], "ahoy") : client(given[2], "ahoy");
        System.out.print(first + " " + second);
    }

    static String connection(String url, String body) throws IOException {
        HttpURLConnection connection = (HttpURLConnection) new URL(url).openConnection();
        if (body != null) {
            connection.setDoOutput(true);
            connection.getOutputStream().write(body.getBytes());
        }
        return new String(connection.getInputStream().readAllBytes());
    }

    static String client(String url, String body) throws IOException, InterruptedException {
        HttpRequest.Builder request = HttpRequest.newBuilder(URI.create(url));
        if (body != null) request.POST(HttpRequest.BodyPublishers.ofString(body));
        return HttpClient.newHttpClient().send(request.build(), HttpResponse.BodyHandlers.ofString()).body();
    }
}
