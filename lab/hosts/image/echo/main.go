// Command echo is the lab's test workload, a static binary so that its image needs nothing else:
//
//	echo            serve HTTP on :8080; every answer names the pod's host name and the caller's address
//	echo get URL    print what URL answers; for `kubectl exec`
//	echo hostname   print the host name; for `kubectl exec`
package main

import (
	"fmt"
	"io"
	"log"
	"net/http"
	"os"
	"time"
)

func main() {
	if err := run(os.Args[1:]); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func run(args []string) error {
	hostname, err := os.Hostname()
	if err != nil {
		return err
	}
	switch {
	case len(args) == 0:
		return serve(hostname)
	case len(args) == 1 && args[0] == "hostname":
		fmt.Println(hostname)
		return nil
	case len(args) == 2 && args[0] == "get":
		return get(args[1])
	}
	return fmt.Errorf("usage: echo | echo hostname | echo get URL")
}

func serve(hostname string) error {
	http.HandleFunc("/", func(response http.ResponseWriter, request *http.Request) {
		log.Printf("%s %s from %s", request.Method, request.URL.Path, request.RemoteAddr)
		fmt.Fprintf(response, "hostname=%s client=%s\n", hostname, request.RemoteAddr)
	})
	log.Printf("%s serves on :8080", hostname)
	return http.ListenAndServe(":8080", nil)
}

func get(url string) error {
	client := http.Client{Timeout: 5 * time.Second}
	response, err := client.Get(url)
	if err != nil {
		return err
	}
	defer response.Body.Close()
	if _, err := io.Copy(os.Stdout, response.Body); err != nil {
		return err
	}
	if response.StatusCode != http.StatusOK {
		return fmt.Errorf("%s: %s", url, response.Status)
	}
	return nil
}
